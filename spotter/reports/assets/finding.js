const TRAIL = 4;

function excerptOf(finding) {
  if (!finding.excerpt) return null;
  const [before, inside, after] = finding.excerpt;
  const indent = before.match(/^ */)[0].length;
  const line = [shown(before.slice(indent)), h("mark", null, shown(inside)), shown(after)];
  if (finding.edited === null) return h("pre", { class: "excerpt code" }, h("span", { class: "row" }, line));
  const cut = Math.min(indent, finding.edited.match(/^ */)[0].length);
  return h(
    "pre",
    { class: "excerpt code" },
    h("span", { class: "row" }, h("span", { class: "sign", "aria-label": "now" }, "−"), line),
    h(
      "span",
      { class: "row" },
      h("span", { class: "sign", "aria-label": "instead" }, "+"),
      shown(finding.edited.slice(cut)),
    ),
  );
}

function site(one) {
  return h("li", null, place(one.path, one.line), " ", h("span", { class: "quiet" }, said(one.message)));
}

function trail(finding) {
  const sites = finding.evidence;
  if (!sites.length) return null;
  const first = h("ul", { class: "trail" }, sites.slice(0, TRAIL).map(site));
  if (sites.length <= TRAIL) return first;
  const rest = h("details", null, h("summary", null, `${plural(sites.length - TRAIL, "more place")}`));
  rest.addEventListener("toggle", () => rest.append(h("ul", { class: "trail" }, sites.slice(TRAIL).map(site))), {
    once: true,
  });
  return [first, rest];
}

function why(rule) {
  const text = data.rules[rule].text.split("\n\n").find((part) => part.startsWith("Why\n"));
  return text ? text.slice(4).replaceAll("\n", " ") : "";
}

function ruleName(finding) {
  return h("span", { class: "quiet" }, `${finding.rule} ${finding.name} (${finding.kind})`);
}

/* A finding in full. Where it stands in its source, its line is above it already. */
function card(finding, { tag = "li", extra = "", inSource = false, explained = false } = {}) {
  return h(
    tag,
    { class: `finding ${extra}` },
    h(
      "div",
      { class: "top" },
      h("span", { class: `weight ${finding.severity}` }, finding.severity),
      inSource ? null : place(finding.path, finding.line),
      ruleName(finding),
      finding.fails ? h("span", { class: "over" }, "fails the check") : null,
    ),
    h("p", { class: "message" }, said(finding.message)),
    inSource && finding.edited === null ? null : excerptOf(finding),
    trail(finding),
    finding.remarks.map((remark) => h("p", { class: "quiet" }, said(remark))),
    explained
      ? h("p", { class: "why" }, finding.p_error === null ? null : `${MEANING} `, said(why(finding.rule)))
      : null,
  );
}

function findingsView(options) {
  const rules = [...new Set(data.findings.map((finding) => finding.rule))].sort();
  const list = h("div");
  const { form } = filterForm(
    [
      ["rule", "Rule", [["", "all rules"], ...rules.map((rule) => [rule, `${rule} ${data.rules[rule].name}`])]],
      [
        "weight",
        "Weight",
        [
          ["", "all"],
          ["fails", "fails the check"],
          ["error", "error"],
          ["warning", "warning"],
          ["note", "note"],
        ],
      ],
      ["text", "Path or words"],
    ],
    draw,
  );
  function draw({ rule, weight, text }) {
    const words = text.toLowerCase();
    const some = data.findings.filter(
      (finding) =>
        (!rule || finding.rule === rule) &&
        (!weight || (weight === "fails" ? finding.fails : finding.severity === weight)) &&
        (!words || `${finding.path} ${finding.message}`.toLowerCase().includes(words)),
    );
    list.replaceChildren(
      h("p", { class: "quiet", role: "status" }, some.length ? plural(some.length, "finding") : "Nothing matches."),
      paged(some, 50, (finding) => card(finding), h("ol")),
    );
  }
  if (options.rule) form.elements.rule.value = options.rule;
  draw({ rule: options.rule || "", weight: "", text: "" });
  const scored = data.findings.some((finding) => finding.p_error !== null);
  return { title: "Findings", body: [scored ? h("p", { class: "lead" }, MEANING) : null, form, list] };
}
