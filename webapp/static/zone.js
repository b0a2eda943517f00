// Offers the zone of this browser where the account tells the time in another one: as a button, or ticked in a form on the first
// visit. Nothing is kept until somebody presses.
(() => {
  "use strict";
  const offer = document.querySelector("[data-offered-zone]");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!offer || !here || here === offer.dataset.offeredZone || sameClock(here, offer.dataset.offeredZone)) return;
  const label = offer.closest("label");
  const words = label?.querySelector("[data-words]") ?? offer;
  offer.value = here;
  offer.disabled = false;
  words.textContent = words.dataset.words.replace("{}", here);
  (label ?? offer).hidden = false;

  // Browsers keep old names, such as Asia/Calcutta: what shows the same time all year is no other zone.
  function sameClock(one, other) {
    const year = new Date().getFullYear();
    return Array.from({ length: 24 }, (_, half) => new Date(Date.UTC(year, half / 2, half % 2 ? 15 : 1))).every(
      (at) => shown(at, one) === shown(at, other),
    );
  }

  function shown(at, timeZone) {
    return new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
  }
})();
