/* The one owner of controls <-> address bar. Called by Dash (components/url_state.py). */
(() => {
  const NONE = "none";

  const asText = (value, fallback) => {
    if (!Array.isArray(value)) return value ?? "";
    const order = fallback.split(",");
    const place = (one) => (order.includes(one) ? order.indexOf(one) : order.length);
    return [...value].sort((a, b) => place(a) - place(b)).join(",") || NONE;
  };

  const asValue = (text, current) =>
    Array.isArray(current) ? (text === NONE ? [] : text.split(",").filter(Boolean)) : text;

  const query = (params) => {
    const text = params.toString().replaceAll("%2C", ",");
    return text ? `?${text}` : "";
  };

  function sync(values, _search, ids) {
    const { no_update: same, callback_context: context } = window.dash_clientside;
    const params = new URLSearchParams(window.location.search);
    const triggered = (context.triggered || []).map((one) => one.prop_id);
    if (!triggered.length || triggered.includes("url.search")) {
      const wanted = ids.map((id, index) => {
        const text = params.get(id.url) ?? id.default;
        return text === asText(values[index], id.default) ? same : asValue(text, values[index]);
      });
      return [wanted, same];
    }
    ids.forEach((id, index) => {
      const text = asText(values[index], id.default);
      if (text === id.default) params.delete(id.url);
      else params.set(id.url, text);
    });
    const next = query(params);
    return [ids.map(() => same), next === window.location.search ? same : next];
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { haresign: { sync } });

  const moved = () => window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  window.haresign = Object.assign(window.haresign || {}, {
    query,
    /* Go to a page of this site without loading the document again, or load it where the server draws it
       (as components/markup.py). */
    go(href) {
      const url = new URL(window.haresign.inWorkspace?.(href) ?? href, window.location.href);
      if (url.origin !== window.location.origin) return;
      if (/\/(api|organisations|search|accounts|contact|privacy-policy|cookie-policy|accessibility|terms)\//.test(url.pathname)) return window.location.assign(url);
      history.pushState({}, "", url.pathname + url.search + url.hash);
      moved();
    },
    /* Change one key of the current address. Only the shell's Location hears of it: telling all
       of them, as a link does, would have Pages fetch the whole page as well. */
    set(key, value) {
      const params = new URLSearchParams(window.location.search);
      if (params.get(key) === value) return;
      params.set(key, value);
      window.dash_clientside.set_props("url", { search: query(params) });
    },
    /* Remember something in the address without telling Dash or adding to the history. */
    keep(key, value) {
      const params = new URLSearchParams(window.location.search);
      if (value) params.set(key, value);
      else params.delete(key);
      history.replaceState(
        history.state, "", window.location.pathname + query(params) + window.location.hash
      );
    },
  });
})();
