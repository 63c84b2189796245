(function () {
  var place = document.getElementById("redoc");
  var setAttribute = Element.prototype.setAttribute;
  var src = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");

  // Redoc shows a logo from its maker's host and has no option against it.
  function elsewhere(address) {
    return /^https?:/.test(address);
  }
  HTMLImageElement.prototype.setAttribute = function (name, value) {
    if (name !== "src" || !elsewhere(value)) setAttribute.call(this, name, value);
  };
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    configurable: true,
    get: src.get,
    set: function (value) {
      if (!elsewhere(value)) src.set.call(this, value);
    },
  });
  Redoc.init(place.dataset.schema, { disableSearch: true }, place);
})();
