"""How facts are learnt: each module asks one part of the world, and says in the fact itself if it got no answer."""
