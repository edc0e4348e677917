const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const BASE_RATE = 1e-4;
const MEANING = "P(edit) is the chance that a careful author would change a token.";

/* An element. Text is only ever set as text, so nothing of the code can become a part of the page. */
function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else if (name === "width") element.style.width = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/* Text of the code, in which what a reader would not see is shown as an escape. */
function shown(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(HIDDEN)) {
    if (found.index > at) parts.push(text.slice(at, found.index));
    const point = found[0].codePointAt(0);
    parts.push(
      h(
        "span",
        { class: "ctl" },
        point < 256 ? "\\x" + point.toString(16).padStart(2, "0") : "\\u" + point.toString(16).padStart(4, "0"),
      ),
    );
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

/* How far in a line of code goes on where it does not fit: two columns more than it begins. */
function hang(line) {
  return `${line.match(/^\s*/)[0].replaceAll("\t", "    ").length + 2}ch`;
}

/* A sentence of Spotter's, in which code stands between backticks. */
function said(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return shown(text);
  return parts.map((part, at) => (at % 2 ? h("code", null, shown(part)) : shown(part)));
}

function plural(number, word) {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

function address(...parts) {
  return "#/" + parts.map(encodeURIComponent).join("/");
}

/* A long name, which breaks after this sign. */
function parted(name, sign) {
  return name.split(sign).map((part, at) => (at ? [sign, h("wbr"), shown(part)] : shown(part)));
}

/* A link to a line of a file. */
function place(path, line) {
  const target = line ? address("files", path, line) : address("files", path);
  return h("a", { class: "path", href: target }, parted(line ? `${path}:${line}` : path, "/"));
}

function percent(p) {
  return p >= 0.1 ? `${Math.round(100 * p)} %` : `${(100 * p).toFixed(1)} %`;
}

/* The first items of a list, and a button for the next ones. */
function paged(items, size, draw, list) {
  const holder = h("div", null, list);
  let at = 0;
  const button = h("button", { class: "more", type: "button", onclick: () => add(true) });
  function add(asked) {
    const next = items.slice(at, at + size).map(draw);
    list.append(...next);
    at += next.length;
    const left = items.length - at;
    button.textContent = `Show ${Math.min(size, left)} more of ${left.toLocaleString("en")}`;
    if (left > 0) holder.append(button);
    else button.remove();
    if (asked && next[0]) (next[0].querySelector("a") || next[0]).focus();
  }
  add(false);
  return holder;
}

function filterForm(fields, changed) {
  const form = h("form", { onsubmit: (event) => event.preventDefault(), oninput: () => changed(values()) });
  for (const [name, label, options] of fields) {
    const control = options
      ? h(
          "select",
          { name },
          options.map(([value, text]) => h("option", { value }, text)),
        )
      : h("input", { name, type: "search", autocomplete: "off", spellcheck: "false" });
    form.append(h("label", null, label, control));
  }
  const values = () => Object.fromEntries(new FormData(form));
  return { form, values };
}
