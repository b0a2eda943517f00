// Rows of the list are ticked by x and in stretches, the form asks only what its act takes, and an act tells how far it is.
(() => {
  "use strict";
  // The page of a lead leads on to its neighbours in this list, and back to it (lead.js).
  const paths = [...document.querySelectorAll("table.list [data-row]")].map((each) => each.pathname);
  sessionStorage.setItem("nurture-leads", JSON.stringify({ paths, list: location.pathname + location.search }));

  const form = document.getElementById("act");
  if (form) {
    const picks = [...document.querySelectorAll(".pick")];
    const which = document.getElementById("which");
    const said = form.querySelector("[data-ticked]");
    const none = said.textContent;
    let last = -1;

    const foreseen = form.querySelector("[data-foreseen]");
    let asking = 0;
    // What the move would do is said beside it, as soon as a track and leads are chosen.
    const look = () => {
      clearTimeout(asking);
      foreseen.hidden = true;
      if (which.value !== "track" || !form.elements.place.value) return;
      asking = setTimeout(async () => {
        const asked = new FormData(form);
        const reply = await fetch(form.dataset.look, {
          method: "POST",
          body: asked,
          headers: { Accept: "application/json" },
        }).catch(() => null);
        if (!reply?.ok) return;
        const { words } = await reply.json();
        foreseen.textContent = words;
        foreseen.hidden = !words;
      }, 200);
    };
    const ask = () => {
      for (const each of form.querySelectorAll("[data-of]")) {
        each.classList.toggle("asked", each.dataset.of.split(" ").includes(which.value));
      }
    };
    const count = () => {
      const ticked = picks.filter((each) => each.checked).length;
      said.textContent = ticked ? said.dataset.ticked.replace("…", ticked) : none;
      look();
    };
    const tick = (place, stretch) => {
      const [from, to] = stretch && last >= 0 ? [Math.min(last, place), Math.max(last, place)] : [place, place];
      for (const each of picks.slice(from, to + 1)) each.checked = picks[place].checked;
      last = place;
      form.elements.whom.value = "ticked";
      count();
    };

    form.classList.add("quick");
    which.addEventListener("change", ask);
    form.addEventListener("change", look);
    ask();
    count();
    picks.forEach((pick, place) => pick.addEventListener("click", (event) => tick(place, event.shiftKey)));
    document.addEventListener("nurture:pick", (event) => {
      const place = picks.indexOf(document.activeElement.closest("tr")?.querySelector(".pick"));
      if (place < 0) return;
      picks[place].checked = event.detail.stretch || !picks[place].checked;
      tick(place, event.detail.stretch);
    });
  }

  const act = document.querySelector("[data-act]:not([data-act=''])");
  if (act) {
    const look = async () => {
      const reply = await fetch(act.dataset.act, { headers: { Accept: "application/json" } }).catch(() => null);
      if (reply?.ok) {
        const { words, done, over } = await reply.json();
        act.querySelector("[data-words]").textContent = words;
        const progress = act.querySelector("progress");
        progress.value = done;
        if (over) {
          progress.hidden = true;
          return;
        }
      }
      setTimeout(look, 1_000);
    };
    setTimeout(look, 1_000);
  }
})();
