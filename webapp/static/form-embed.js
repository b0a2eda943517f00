/* Puts a form into the page, where this script stands: <script src="https://t.example.com/f/demo.js" async></script>,
   or with data-into="#place" into an element. The form is a frame, so that neither page can break the other. Nothing is
   stored and no cookie is set: where the form stands goes along in its address. */
(function () {
  "use strict";
  var script = document.currentScript, source = new URL(script.src);
  var told = new URLSearchParams({ embed: "1", page: location.origin + location.pathname });
  if (document.referrer) told.set("ref", document.referrer.split(/[?#]/)[0]);
  new URLSearchParams(location.search).forEach(function (value, name) {
    if (/^utm_(source|medium|campaign|term|content)$/.test(name)) told.set(name, value.slice(0, 200));
  });

  var frame = document.createElement("iframe");
  frame.src = source.origin + source.pathname.replace(/\.js$/, "") + "?" + told;
  frame.title = script.dataset.title || ""; // else the form says its own, below
  frame.style.cssText = "border:0;width:100%;height:32rem;display:block";
  var place = script.dataset.into ? document.querySelector(script.dataset.into) : null;
  if (place) place.append(frame); else script.after(frame);

  addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow || event.origin !== source.origin || !event.data) return;
    var height = event.data.nurtureFormHeight, next = event.data.nurtureFormNext;
    if (!frame.title && typeof event.data.nurtureFormTitle === "string") frame.title = event.data.nurtureFormTitle.slice(0, 200);
    if (height > 0) frame.style.height = Math.min(height, 10000) + "px";
    if (typeof next === "string" && next.indexOf("https://") === 0) location.assign(next);
  });
})();
