/* Inside the frame of an embedded form: tells the page around it how high it is, and where to go after sending. */
(function () {
  "use strict";
  if (parent === window) return;
  function tell(message) { parent.postMessage(message, "*"); }
  new ResizeObserver(function () {
    tell({ nurtureFormHeight: Math.ceil(document.documentElement.getBoundingClientRect().height) });
  }).observe(document.documentElement);
  var next = document.querySelector("a[data-next]");
  if (next) tell({ nurtureFormNext: next.href });
})();
