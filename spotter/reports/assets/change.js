function changeView() {
  const { measures, shares, statements } = data.budget;
  const used = (one) => Math.min(100, (100 * Math.max(0, one.added)) / Math.max(1, one.limit));
  const signed = (number) =>
    number > 0 ? `+${number.toLocaleString("en")}` : number.toLocaleString("en").replace("-", "−");
  const rows = measures.map((one) =>
    h(
      "tr",
      null,
      h("th", { scope: "row" }, h("strong", null, one.name), h("br"), one.about),
      h("td", { class: one.added > one.limit ? "number over" : "number" }, signed(one.added)),
      h("td", { class: "number quiet" }, one.limit.toLocaleString("en")),
      h(
        "td",
        { class: "share" },
        h(
          "span",
          { class: "tracks", "aria-hidden": "true" },
          one.added > 0 ? h("span", { class: "bar", width: `${used(one)}%` }) : null,
        ),
        one.added > one.limit
          ? h("span", { class: "over" }, `${(one.added - one.limit).toLocaleString("en")} over`)
          : null,
      ),
    ),
  );
  const largest = Math.max(1, ...shares.map((share) => Math.abs(share.added)));
  const share = (one) =>
    h(
      "tr",
      null,
      h(
        "td",
        null,
        place(one.path, one.line),
        " ",
        one.function ? h("code", null, parted(one.function, ".")) : h("span", { class: "quiet" }, "outside of functions"),
      ),
      h("td", null, one.measure),
      h("td", { class: "number" }, signed(one.added)),
      h(
        "td",
        { class: "share" },
        h("span", {
          class: one.added > 0 ? "bar" : "bar known",
          "aria-hidden": "true",
          width: `${(100 * Math.abs(one.added)) / largest}%`,
        }),
      ),
    );
  const list = h("tbody");
  const table = h(
    "table",
    { class: "stacked" },
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        ["Where", "Measure", "Adds", ""].map((word) => h(word ? "th" : "td", word ? { scope: "col" } : null, word)),
      ),
    ),
    list,
  );
  const body = [
    h("p", { class: "lead" }, `What this change adds to the repository, beside ${signed(statements)} statements.`),
    h(
      "table",
      { class: "stacked" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col" }, "Measure"),
          h("th", { scope: "col", class: "number" }, "Added"),
          h("th", { scope: "col", class: "number" }, "Limit"),
          h("td", null),
        ),
      ),
      h("tbody", null, rows),
    ),
  ];
  if (shares.length) body.push(h("h2", null, "By function"), table, paged(shares, 100, share, list));
  if (shares.length) table.append(list);
  return { title: "Change", body };
}
