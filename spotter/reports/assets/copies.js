function copiesView() {
  const lead =
    "Functions that are one template: what differs is a hole, and a hole that callers could fill is a parameter.";
  return { title: "Copies", body: [h("p", { class: "lead" }, lead), paged(data.copies, 10, family, h("div"))] };
}

function family(one) {
  const finding = data.findings[one.finding];
  const holder = h(
    "section",
    null,
    h("h2", null, h("code", null, shown(one.members[0].name)), ` and ${one.members.length + one.more - 1} more`),
    h("p", { class: "message" }, said(finding.message)),
  );
  if (one.holes) holder.append(holesOf(one));
  holder.append(
    h(
      "div",
      { class: "side" },
      one.members.map((member) => memberOf(member, holder)),
    ),
  );
  if (one.more)
    holder.append(
      h("p", { class: "lead" }, `${plural(one.more, "more place")}: ${one.members.length} are shown side by side.`),
    );
  return holder;
}

function holesOf(one) {
  const text = (member, hole) => member.pieces.find((piece) => piece.hole === hole)?.text ?? "";
  const most = 12;
  const rows = Array.from({ length: Math.min(one.holes, most) }, (_, at) =>
    h(
      "tr",
      null,
      h("th", { scope: "row" }, at + 1),
      one.members.map((member) => h("td", null, h("code", null, short(text(member, at + 1))))),
    ),
  );
  return h(
    "div",
    { class: "holes", tabindex: "0", role: "region", "aria-label": "Holes of the template" },
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col" }, "Hole"),
          one.members.map((member) => h("th", { scope: "col" }, h("code", null, shown(member.name)))),
        ),
      ),
      h("tbody", null, rows),
    ),
    one.holes > most ? h("p", { class: "quiet" }, `and ${one.holes - most} more`) : null,
  );
}

function short(text) {
  const flat = text.split(/\s+/).join(" ");
  return flat ? shown(flat.length > 60 ? `${flat.slice(0, 59)}…` : flat) : h("span", { class: "quiet" }, "nothing");
}

function memberOf(member, holder) {
  const light = (hole, on) => {
    for (const other of holder.querySelectorAll(`[data-hole="${hole}"]`)) other.classList.toggle("lit", on);
  };
  const lines = member.pieces
    .map((piece) => piece.text)
    .join("")
    .split("\n")
    .filter((line) => line.trim());
  const indent = Math.min(...lines.map((line) => line.match(/^ */)[0].length));
  const flush = (text, at) => (at ? text : text.slice(indent)).replaceAll("\n" + " ".repeat(indent), "\n");
  const filled = (hole, first, text) =>
    h(
      "span",
      {
        class: "hole",
        "data-hole": hole,
        onmouseenter: () => light(hole, true),
        onmouseleave: () => light(hole, false),
      },
      first ? h("sup", null, hole) : null,
      shown(text),
    );
  const rows = [[]];
  member.pieces.forEach((piece, at) =>
    flush(piece.text, at)
      .split("\n")
      .forEach((text, line) => {
        if (line) rows.push([]);
        rows.at(-1).push(piece.hole ? filled(piece.hole, !line, text) : shown(text));
      }),
  );
  const row = (parts) => {
    const element = h("span", { class: "row" }, parts);
    element.style.setProperty("--hang", hang(element.textContent));
    return element;
  };
  return h(
    "figure",
    null,
    h("figcaption", null, place(member.path, member.line)),
    h("pre", { class: "code" }, rows.map(row)),
  );
}
