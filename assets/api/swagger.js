(function () {
  var place = document.getElementById("swagger-ui");
  SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true });
})();
