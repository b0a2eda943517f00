/* Tells the host of this script of visits, marked forms and downloads. Before consent only forms, without a cookie.
   <script src="https://t.example/t/nurture.js" defer data-consent> where consent was given, else
   nurture.consent() or (false). <form data-nurture-form="demo">, <input data-nurture-ignore>, <a data-nurture-download>. */
(function () {
  "use strict";
  var script = document.currentScript, to = new URL("/t/events", script.src).href, agreed = false, utm = {};
  new URLSearchParams(location.search).forEach(function (value, name) {
    if (/^utm_(source|medium|campaign|term|content)$/.test(name)) utm[name.slice(4)] = value.slice(0, 200);
  });

  function tell(kind, more) {
    var message = { kind: kind, consent: agreed, utm: utm, page: location.origin + location.pathname,
      referrer: document.referrer.split(/[?#]/)[0] };
    fetch(to, { method: "POST", keepalive: true, credentials: agreed ? "include" : "omit",
      body: JSON.stringify(Object.assign(message, more)) }).catch(function () {});
  }

  function filled(form) {
    var fields = {};
    new FormData(form).forEach(function (value, name) {
      var field = form.querySelector('[name="' + CSS.escape(name) + '"]');
      if (!value || typeof value !== "string" || !field || /^(password|hidden)$/.test(field.type)) return;
      if (!("nurtureIgnore" in field.dataset)) fields[name] = value.slice(0, 500);
    });
    return fields;
  }

  addEventListener("submit", function (event) {
    var form = event.target.dataset.nurtureForm;
    if (form) tell("form.submitted", { form: form, fields: filled(event.target) });
  }, true);
  addEventListener("click", function (event) {
    var link = agreed && event.target.closest("a[data-nurture-download]");
    if (link) tell("file.downloaded", { file: link.origin + link.pathname });
  });

  window.nurture = { consent: function (given) {
    var had = agreed;
    agreed = given !== false;
    if (agreed && !had) tell("page.visited");
  } };
  if ("consent" in script.dataset) nurture.consent();
})();
