/* Elements that components/speed/short.py sends as data: [tag, attributes, ...children]. */
(() => {
  function make(node) {
    if (typeof node === "string") return document.createTextNode(node);
    const [tag, attributes, ...children] = node;
    if (tag === "#group") {
      const several = document.createDocumentFragment();
      several.append(...children.map(make));
      return several;
    }
    if (tag in short) return make(short[tag](attributes));
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.map(make));
    return element;
  }

  /* Short forms. In a table each cell is [what is read, what is saved]. */
  function table({ caption, columns, rows }) {
    const numbers = columns.map(([, isNumber]) => (isNumber ? { class: "num" } : {}));
    const head = columns.map(([label], at) => ["th", { scope: "col", ...numbers[at] }, label]);
    const body = rows.map((row) => ["tr", {}, ...row.map(([text, saved], at) =>
      [at ? "td" : "th", at ? { ...numbers[at], "data-v": saved } : { scope: "row", "data-v": saved }, text])]);
    return ["table", { class: "bt twin" },
      ["caption", { class: "vh" }, caption], ["thead", {}, ["tr", {}, ...head]], ["tbody", {}, ...body]];
  }

  /* Of organisations; each row is [name, code, both as saved, address, note, is it selected, cells]. */
  function members({ caption, first, remark, columns, rows }) {
    const sorting = (label, attributes) =>
      ["th", { scope: "col", ...attributes }, ["button", { type: "button", class: "sortb" }, label, " ", icon("sort")]];
    const head = columns.map(([, heading, order]) => sorting(heading, { class: "num", "aria-sort": order }));
    const tag = (kind, words) => (words ? [["span", { class: kind }, words]] : []);
    const body = rows.map(([name, code, named, href, note, selected, cells]) => ["tr", selected ? { class: "me" } : {},
      ["th", { scope: "row", "data-v": named },
        href ? ["a", { href, "data-go": "1" }, name] : name, ["span", { class: "sub code" }, code]],
      ...cells.map(([text, saved], at) => ["td", { class: "num", "data-l": columns[at][0], "data-v": saved }, text]),
      ["td", { "data-v": note }, ...tag("tag br", selected && "Selected"), ...tag("tag", note)]]);
    return ["table", { class: "bt stack n3 sortable" }, ["caption", { class: "vh" }, caption],
      ["thead", {}, ["tr", {}, sorting(first, { "aria-sort": "none" }), ...head, ["th", { scope: "col" }, remark]]],
      ["tbody", {}, ...body]];
  }

  const icon = (name) => ["span", { class: `i i-${name}`, "aria-hidden": "true" }];
  const short = {
    "#rows": table,
    "#members": members,
    "#strip": ({ alt, marks }) => ["div", { class: "strip", role: "img", "aria-label": alt },
      ["div", { class: "strip-in" }, ...[1, 2, 3].map((band) => ["span", { class: `band band${band}` }]),
        ...marks.map(([kind, place]) => ["span", { class: `m ${kind}`, style: `--x:${place}` }])]],
    "#bullets": ({ texts }) => ["ul", {}, ...texts.map((text) => ["li", {}, text])],
    "#copyable": ({ text }) => ["div", { class: "copyable" }, ["code", {}, text],
      ["button", { type: "button", class: "copy", "data-copy": text }, "Copy"]],
    "#disclosure": ({ label, said, rows }) => ["details", { class: "explain", name: "working" },
      ["summary", {}, icon("question"), label, ["span", { class: "vh" }, said]],
      ["dl", { class: "working" }, ...rows.map(([name, parts]) =>
        ["div", { class: "w-row" }, ["dt", {}, name], ["dd", {}, ...parts]])]],
  };

  /* The menu of a figure: what is in it, each a link, a button or a disclosure. */
  short["#menu"] = ({ title, table, files, link, cite, explain }) => {
    const button = (words, attributes) => ["button", { type: "button", ...attributes }, words];
    const entries = [
      ...(table ? [button("Table", { "data-do": "table", "aria-pressed": "false", "data-href": table })] : []),
      ...files.map(([name, href]) => ["a", { href, download: "" }, name]),
      button("Copy link", { "data-do": "link", "data-href": link }),
      ["details", { class: "cite" }, ["summary", { "data-cites": "1" }, "Cite"], ...cite],
      ...explain,
    ];
    return ["details", { class: "dropdown-d fmenu" },
      ["summary", {}, "Options", ["span", { class: "vh" }, `: ${title}`], icon("chevron")],
      ["ul", { class: "pop" }, ...entries.map((one) => ["li", {}, one])]];
  };

  const done = new WeakMap();
  function build() {
    for (const box of document.querySelectorAll("[data-built]")) {
      if (done.get(box) === box.dataset.built) continue;
      done.set(box, box.dataset.built);
      box.replaceChildren(make(JSON.parse(box.dataset.built)));
    }
  }
  new MutationObserver(build).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-built"],
  });
  build();

  const opened = () => document.querySelector(".explain[open]");
  document.addEventListener("click", (event) => {
    const open = opened();
    if (open && !open.contains(event.target)) open.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && opened();
    if (!open) return;
    open.open = false;
    open.firstElementChild.focus();
  });

  document.addEventListener("click", (event) => {
    const anchor = event.target.closest("a[data-go]");
    if (!anchor || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.haresign.go(anchor.href);
    const { hash } = new URL(anchor.href);
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
    else window.scrollTo({ top: 0 });
  });
})();
