// Sliders beside the numbers, and the effect of each turn. The number is what counts; every page works without this.
(() => {
  "use strict";
  const form = document.querySelector("[data-scoring]");
  if (!form) return;
  const said = form.querySelector("[data-effect-said]");
  const failed = form.querySelector("[data-effect-failed]");
  let waiting = 0;
  let asking = null;

  async function show() {
    clearTimeout(waiting);
    asking?.abort();
    const mine = asking = new AbortController();
    document.getElementById("effect").setAttribute("aria-busy", "true");
    failed.hidden = true;
    try {
      const reply = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form), signal: mine.signal });
      if (!reply.ok) throw new Error(String(reply.status));
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const effect = page.getElementById("effect");
      if (!effect) throw new Error("#effect");
      document.getElementById("effect").replaceWith(document.adoptNode(effect));
      for (const shown of form.querySelectorAll("[data-wrong]")) {
        const wrong = page.querySelector(`[data-wrong="${CSS.escape(shown.dataset.wrong)}"]`)?.textContent ?? "";
        shown.textContent = wrong;
        document.getElementById(shown.dataset.wrong).setAttribute("aria-invalid", String(wrong !== ""));
      }
      said.textContent = effect.dataset.said;
    } catch (error) {
      if (error.name === "AbortError") return;
      document.getElementById("effect").removeAttribute("aria-busy");
      failed.hidden = false;
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(show, 250);
  }

  for (const knob of form.querySelectorAll("[data-knob]")) {
    const number = knob.querySelector("input[type=number]");
    const slider = knob.querySelector("input[type=range]");
    const turned = () => {
      knob.classList.toggle("turned", number.value !== number.dataset.was);
      later();
    };
    slider.hidden = false;
    slider.addEventListener("input", () => { number.value = slider.value; turned(); });
    number.addEventListener("input", () => {
      if (number.value !== "") slider.value = number.value;
      turned();
    });
  }
  form.querySelector("[data-again]").addEventListener("click", show);
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.matches("[data-show]")) return;
    event.preventDefault();
    show();
  });
})();
