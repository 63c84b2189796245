/* Charts take turns, one in a frame: the first is seen before the last is drawn, and the page
   answers in between. Dash also has each chart fitted to its place as soon as it is drawn there,
   which draws it once more: left out where the place is as it was. */
(() => {
  const { Plotly } = window;
  const { react } = Plotly, { resize } = Plotly.Plots;
  const HIDDEN = 100; // ms to wait for a frame: a page in the background has none
  const fitted = new WeakMap();
  const size = (plot) => `${plot.clientWidth}x${plot.clientHeight}`;

  function fit(plot, draw) {
    fitted.set(plot, size(plot));
    return draw();
  }

  const frame = () => new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, HIDDEN);
  });

  let turn = Promise.resolve();
  Plotly.react = (plot, ...drawing) => {
    const drawn = turn.then(() => plot.isConnected && fit(plot, () => react(plot, ...drawing)));
    turn = drawn.then(frame, frame);
    return drawn;
  };

  Plotly.Plots.resize = (plot) =>
    fitted.get(plot) === size(plot) ? Promise.resolve(plot) : fit(plot, () => resize(plot));
})();
