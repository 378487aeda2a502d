// Starts Swagger UI on the schema beside this page. A file of its own, since the policy allows no script inside a page.
window.SwaggerUIBundle({
  url: new URL("../schema/", window.location).href,
  dom_id: "#api",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
