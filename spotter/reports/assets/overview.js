const CAUSES = ["SP201", "SP211", "SP221", "SP231", "SP241"];
const FIRST = 5;
const ORIGINS = 12;
const MOST = 80; /* percent of the places that the lead speaks of */

function overview() {
  const body = [h("p", { class: "lead" }, [data.extent + " checked", ...data.held].join("; ") + ".")];
  if (data.findings.length) body.push(toFixFirst(), nextOnes());
  body.push(causes(), deciders(), rules(), unmeasured());
  body.push(data.notes.map((note) => h("p", { class: "lead" }, said(note))));
  return { title: data.title, body };
}

function toFixFirst() {
  return [h("h2", null, "What to fix first"), card(data.findings[0], { tag: "div", extra: "first", explained: true })];
}

function nextOnes() {
  const next = data.findings.slice(1, FIRST);
  if (!next.length) return null;
  const more = data.findings.length - FIRST;
  return [
    h("h2", null, "Then"),
    h("ol", null, next.map(brief)),
    more > 0
      ? h("p", { class: "more" }, h("a", { href: "#/findings" }, `All ${plural(data.findings.length, "finding")}`))
      : null,
  ];
}

function brief(finding) {
  return h(
    "li",
    { class: "finding brief" },
    h("p", { class: "message" }, said(finding.message)),
    h(
      "div",
      { class: "top" },
      place(finding.path, finding.line),
      ruleName(finding),
      h("span", { class: `weight ${finding.severity}` }, finding.severity),
      finding.fails ? h("span", { class: "over" }, "fails the check") : null,
    ),
  );
}

/* A Pareto chart: origins by the places they press on, each bar from where the one above it ends. Lengths compare
   better than the areas of a treemap, and the long names of origins have room beside them. */
function causes() {
  const origins = data.findings
    .filter((finding) => CAUSES.includes(finding.rule) && finding.evidence.length)
    .sort((one, two) => two.evidence.length - one.evidence.length);
  if (!origins.length) return null;
  const counts = origins.map((finding) => finding.evidence.length);
  const ends = counts.map((sum => (count) => (sum += count))(0));
  const all = ends.at(-1);
  const share = (places) => (100 * places) / all;
  const rows = origins.slice(0, ORIGINS).map((finding, at) =>
    h(
      "li",
      null,
      h(
        "div",
        { class: "what" },
        h("p", { class: "message" }, said(finding.message)),
        h("span", { class: "where" }, place(finding.path, finding.line), " ", ruleName(finding)),
      ),
      h("span", { class: "number" }, counts[at].toLocaleString("en")),
      h(
        "span",
        { class: "tracks", "aria-hidden": "true" },
        h("span", { class: "bar", "--from": `${share(ends[at] - counts[at])}%`, width: `${share(counts[at])}%` }),
      ),
      h("span", { class: "number quiet" }, `${Math.round(share(ends[at]))} %`),
    ),
  );
  const few = ends.findIndex((end) => share(end) >= MOST) + 1;
  const first = few > 1 ? `the first ${few}` : "the first one";
  const most = few < origins.length ? `, ${first} on ${Math.round(share(ends[few - 1]))} % of them` : "";
  const rest = origins.length - rows.length;
  return [
    h("h2", null, "Root causes"),
    h(
      "p",
      { class: "lead" },
      `${plural(origins.length, "origin")} ${origins.length > 1 ? "put" : "puts"} pressure on ${plural(all, "place")}` +
        `${most}.${origins.length > 1 ? " Each bar begins where the one above it ends." : ""}`,
    ),
    h(
      "div",
      { class: "pareto heads", "aria-hidden": "true" },
      ["Origin", "Places", "Share of all places", "So far"].map((word) => h("span", null, word)),
    ),
    h("ol", { class: "pareto" }, rows),
    rest > 0
      ? h("p", { class: "lead" }, `${plural(rest, "more origin")} with ${plural(all - ends[ORIGINS - 1], "place")}.`)
      : null,
  ];
}

/* The values that most decisions ask, each with its share of their weight. */
function deciders() {
  if (!data.deciders) return null;
  const rows = data.deciders.rows.map((row) =>
    h(
      "li",
      null,
      h(
        "div",
        { class: "what" },
        h("p", { class: "message" }, said(`\`${row.value}\`: ${row.asks}`)),
        h("span", { class: "where" }, place(row.path, row.line)),
      ),
      h("span", { class: "number" }, `${(100 * row.share).toFixed(1)} %`),
    ),
  );
  return [
    h("h2", null, "What decides"),
    h("p", { class: "lead" }, `${data.deciders.claim}.`),
    h("ol", { class: "deciders" }, rows),
  ];
}

/* Findings by rule; with a baseline, those that are new, those that it knows, and those of it that are gone. */
function rules() {
  const counts = {};
  for (const finding of data.findings) counts[finding.rule] = (counts[finding.rule] || 0) + 1;
  const gone = data.gone || {};
  const trend = data.gone !== null || Object.keys(data.known).length > 0;
  const parts = [["New", counts, "bar"]];
  if (!trend) parts[0][0] = "Findings";
  else parts.push(["Known", data.known, "bar known"]);
  if (data.gone !== null) parts.push(["Gone", gone, "bar gone"]);
  const codes = [...new Set(parts.flatMap(([, numbers]) => Object.keys(numbers)))].sort();
  if (!codes.length) return null;
  const total = (code) => parts.reduce((sum, [, numbers]) => sum + (numbers[code] || 0), 0);
  const most = Math.max(...codes.map(total));
  const sum = (numbers) => Object.values(numbers).reduce((one, two) => one + two, 0).toLocaleString("en");
  const row = (code) =>
    h(
      "tr",
      null,
      h("td", null, h("a", { href: address("findings", code) }, `${code} ${data.rules[code].name}`)),
      parts.map(([, numbers]) => h("td", { class: "number" }, (numbers[code] || 0).toLocaleString("en"))),
      h(
        "td",
        { class: "share" },
        h(
          "span",
          { class: "bars", "aria-hidden": "true" },
          parts.map(([, numbers, look]) =>
            numbers[code] ? h("span", { class: look, width: `${(100 * numbers[code]) / most}%` }) : null,
          ),
        ),
      ),
    );
  const head = ([word, , look]) =>
    h("th", { scope: "col", class: "number" }, trend ? h("i", { class: look, "aria-hidden": "true" }) : null, word);
  const since = ["new", "known", "gone"].slice(0, parts.length).map((word, at) => `${sum(parts[at][1])} ${word}`);
  return [
    h("h2", null, trend ? "Against the baseline" : "By rule"),
    trend ? h("p", { class: "lead" }, `Since the baseline was recorded: ${since.join(", ")}.`) : null,
    h(
      "table",
      { class: "stacked", "--columns": `repeat(${parts.length}, 4.2rem)` },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Rule"), parts.map(head), h("td", null))),
      h("tbody", null, codes.map(row)),
    ),
  ];
}

function unmeasured() {
  const gaps = data.files.filter((file) => file.measured !== "complete");
  if (!gaps.length) return null;
  const words = { partial: "partly measured", none: "not measured" };
  return [
    h("h2", null, "Not measured"),
    paged(
      gaps,
      20,
      (file) => h("li", null, place(file.path), " ", h("span", { class: "quiet" }, words[file.measured])),
      h("ul", { class: "trail" }),
    ),
  ];
}
