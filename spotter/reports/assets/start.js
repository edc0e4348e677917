const VIEWS = [
  ["", "Overview", overview],
  ["findings", "Findings", (rule) => findingsView({ rule }), data.findings.length],
  ["files", "Files", (path, line) => (path ? sourceView(path, Number(line)) : filesView())],
  ["graph", "Graph", graphView, data.network.nodes.length],
  ["copies", "Copies", copiesView, data.copies.length],
  ["change", "Change", changeView, data.budget],
].filter(([, , , there]) => there === undefined || there);

let leave = null;

async function show(first) {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const [key, , view] = VIEWS.find(([known]) => known === name) || VIEWS[0];
  if (leave) leave();
  hush();
  document
    .getElementById("views")
    .replaceChildren(
      ...VIEWS.map(([known, label]) =>
        h(
          "li",
          null,
          h("a", { href: known ? address(known) : "#/", "aria-current": known === key ? "page" : null }, label),
        ),
      ),
    );
  const { title, code, body, ready, left } = view(...rest);
  leave = left || null;
  const heading = h("h1", { tabindex: "-1" }, code ? h("code", null, shown(title)) : title);
  main.replaceChildren(heading, ...body.flat(Infinity).filter(Boolean));
  document.title = key ? `${title} – Spotter` : `Spotter: ${title}`;
  if (!first) {
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  await ready;
  main.dataset.view = location.hash;
}

window.addEventListener("hashchange", () => {
  if (location.hash !== "#main") show(false);
});
window.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hush();
});
show(true);
