(function () {
  var place = document.getElementById("redoc");
  Redoc.init(place.dataset.schema, { disableSearch: true, hideDownloadButton: false }, place);
})();
