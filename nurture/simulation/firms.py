"""Firms that do not exist, and what people there are called: many small ones, and a few from which a whole group comes."""

import unicodedata
from itertools import chain

import msgspec

from nurture.simulation.chance import Chance


class Land(msgspec.Struct, frozen=True):
    """Where firms are.

    firms   the names of its firms, of which each stands in one land only.
    trades  what may follow the name, and the industry that it means.
    """

    country: str
    language: str
    time_zones: tuple[str, ...]
    firms: tuple[str, ...]
    trades: tuple[tuple[str, str], ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


class Firm(msgspec.Struct, frozen=True):
    """An employer of leads.

    size       employees.
    shipments  a month.
    """

    name: str
    domain: str
    land: Land
    time_zone: str
    industry: str
    size: int
    shipments: int


GERMAN = (("Logistik", "logistics"), ("Maschinenbau", "manufacturing"), ("Lebensmittel", "food"), ("Großhandel", "wholesale"), ("Möbel", "retail"), ("Chemie", "chemicals"), ("Metall", "manufacturing"))  # fmt: skip
ENGLISH = (("Logistics", "logistics"), ("Instruments", "manufacturing"), ("Foods", "food"), ("Wholesale", "wholesale"), ("Home", "retail"), ("Coatings", "chemicals"), ("Tools", "manufacturing"))  # fmt: skip
NORDIC = (("Papir", "manufacturing"), ("Freight", "logistics"), ("Seafood", "food"), ("Interiør", "retail"), ("Engros", "wholesale"))  # fmt: skip
ROMANCE = (("Logistica", "logistics"), ("Alimenta", "food"), ("Casa", "retail"), ("Ceramica", "manufacturing"), ("Chimica", "chemicals"))  # fmt: skip

DE_FIRST = ("Ada", "Jonas", "Lena", "Paul", "Clara", "Felix", "Greta", "Anton", "Elif", "Sabine", "Jürgen", "Katrin", "Tobias", "Heike", "Murat", "Birgit", "Moritz", "Svenja")  # fmt: skip
DE_LAST = ("Keller", "Weber", "Haas", "Stein", "Brandt", "Yilmaz", "Vogt", "Lorenz", "Krämer", "Seidel", "Nowak", "Böhm", "Pohl", "Winter", "Albrecht", "Thiele")  # fmt: skip
EN_FIRST = ("Hugo", "Nora", "Alice", "Callum", "Priya", "Grace", "Owain", "Maya", "Daniel", "Ruth", "Marcus", "Dana", "Kofi", "Helen")  # fmt: skip
EN_LAST = ("Hartley", "Osei", "Whitcombe", "Patel", "Sutton", "Ferris", "Lovell", "Brennan", "Marsh", "Quayle", "Ellery", "Novak", "Rowe", "Sandhu")  # fmt: skip
NORD_FIRST = ("Signe", "Oskar", "Ingrid", "Lars", "Freja", "Nils", "Astrid", "Mikkel", "Aino", "Jens", "Maja", "Henrik")  # fmt: skip
NORD_LAST = ("Lund", "Berg", "Dahl", "Olsen", "Lind", "Holm", "Nyström", "Kivi", "Sørby", "Krogh", "Aalto", "Vik")  # fmt: skip

LANDS = (
    Land("DE", "de", ("Europe/Berlin",), ("Kiefer", "Atelier Voss", "Nordhafen", "Rheinkontor", "Elbwerk", "Hallmann", "Brockel", "Tannhof", "Lindauer", "Fährmann", "Sternbeck", "Ostwall", "Grünfeld", "Salzmann", "Hövel", "Buchenau", "Isarwerk", "Kranich", "Wesertor", "Reuter & Pfaff", "Altmark", "Donnerberg", "Falkenau", "Hansahof", "Jungblut", "Moselkontor", "Neckarwerk", "Oderbruch", "Pfeifer", "Querfurth", "Ruhland", "Silberhorn", "Tiefenbach", "Uferbau", "Waldkirch", "Zollhaus"), GERMAN, DE_FIRST, DE_LAST),
    Land("AT", "de", ("Europe/Vienna",), ("Alpha Metall", "Donaukontor", "Grazer Hof", "Innwerk", "Karwendel", "Murtal", "Semmering", "Traunfeld"), GERMAN, ("Ines", "Emil", "Magdalena", "Lukas", "Theresa", "Georg", "Veronika", "Florian"), ("Gruber", "Hofer", "Leitner", "Moser", "Pichler", "Wallner", "Eder", "Fuchs")),
    Land("CH", "de", ("Europe/Zurich",), ("Aarequai", "Berninger", "Limmat", "Rigiblick", "Säntis", "Thurgau Mühle", "Vierwald"), GERMAN, ("Beat", "Regula", "Urs", "Seraina", "Reto", "Corinne", "Nicola"), ("Zürcher", "Amstutz", "Bieri", "Caduff", "Egli", "Frei", "Hunziker")),
    Land("GB", "en", ("Europe/London",), ("Blue Quay", "Harrowgate", "Peak & Dale", "Tamar", "Northwick", "Saltmarsh", "Cobden", "Larkhill", "Mersey Row", "Thornbury", "Wharfside"), ENGLISH, EN_FIRST, EN_LAST),
    Land("US", "en", ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"), ("Hudson Ledger", "Prairie", "Bayside", "Cedar Forge", "Great Basin", "Lakeshore", "Magnolia", "Palmetto", "Redwood", "Three Rivers"), ENGLISH, EN_FIRST, EN_LAST),
    Land("NL", "en", ("Europe/Amsterdam",), ("Lumen Polder", "Maaskade", "Rijnhaven", "Tulpen", "Veluwe", "Waalstroom", "Zuidas"), (("Transport", "logistics"), ("Zuivel", "food"), ("Groothandel", "wholesale"), ("Techniek", "manufacturing")), ("Sanne", "Daan", "Femke", "Bram", "Lotte", "Joost"), ("de Vries", "Jansen", "Bakker", "Visser", "Smit", "van Dijk")),
    Land("SE", "en", ("Europe/Stockholm",), ("Norr", "Gränby", "Mälar", "Skagerak", "Vättern", "Öresund"), NORDIC, NORD_FIRST, NORD_LAST),
    Land("DK", "en", ("Europe/Copenhagen",), ("Havnegade", "Limfjord", "Rosenborg", "Storebælt", "Vesterhav"), NORDIC, NORD_FIRST, NORD_LAST),
    Land("NO", "en", ("Europe/Oslo",), ("Fjord", "Lofoten", "Nordkyn", "Trollheim"), NORDIC, NORD_FIRST, NORD_LAST),
    Land("FI", "en", ("Europe/Helsinki",), ("Karhu", "Saimaa", "Tampere Works"), NORDIC, NORD_FIRST, NORD_LAST),
    Land("FR", "en", ("Europe/Paris",), ("Quai Moreau", "Beaulac", "Garonne", "Mistral", "Pont Neuf", "Sologne", "Vallon"), (("Transports", "logistics"), ("Aliments", "food"), ("Mobilier", "retail"), ("Chimie", "chemicals")), ("Camille", "Julien", "Manon", "Étienne", "Chloé", "Rémi", "Aurélie"), ("Moreau", "Blanc", "Fournier", "Girard", "Lefèvre", "Roussel", "Perrin")),
    Land("ES", "en", ("Europe/Madrid",), ("Campo Verde", "Costa Clara", "Ebro", "Montaña Alta", "Sierra Roja"), ROMANCE, ("Lucía", "Álvaro", "Carmen", "Diego", "Nuria", "Pablo"), ("García", "Costa", "Molina", "Ortega", "Serrano", "Vidal")),
    Land("IT", "en", ("Europe/Rome",), ("Adriatica", "Borgo Nuovo", "Lariana", "Ponte Vecchio", "Tirreno"), ROMANCE, ("Giulia", "Matteo", "Chiara", "Lorenzo", "Elena", "Davide"), ("Rossi", "Ferri", "Conti", "Galli", "Marino", "Riva")),
    Land("PL", "en", ("Europe/Warsaw",), ("Bałtyk", "Krakus", "Mazur", "Odra", "Wisła"), (("Transport", "logistics"), ("Spożywczy", "food"), ("Meble", "retail"), ("Metal", "manufacturing")), ("Marek", "Zofia", "Tomasz", "Agnieszka", "Piotr", "Ewa"), ("Kowalski", "Wójcik", "Lewandowska", "Zając", "Mazurek", "Sikora")),
)  # fmt: skip

SPREAD_OVER = sorted(
    chain.from_iterable(
        (((at + 0.5) / len(land.firms), land, name) for at, name in enumerate(land.firms)) for land in LANDS
    ),
    key=lambda each: (each[0], each[1].country),
)
"""Every firm with its land, the lands mixed: those that stand first send most people."""
LONG_TAIL = 1.45
"""Above 1 the firms that stand first send more people than others; the first sends about one in thirty."""
SMALLEST, LARGEST = 20, 5_000
NOT_DECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "æ": "ae"})


def firm(chance: Chance, number: int) -> Firm:
    """Where person *number* works."""
    rank = int(len(SPREAD_OVER) * chance.lot("firm", number) ** LONG_TAIL)
    _, land, name = SPREAD_OVER[rank]
    trade, industry = chance.pick(land.trades, "trade", name)
    size = int(SMALLEST * (LARGEST / SMALLEST) ** chance.lot("size", name))
    return Firm(
        name=f"{name} {trade}" if " " not in name else name,
        domain=f"{plain(name, '-')}.example",
        land=land,
        time_zone=chance.pick(land.time_zones, "time zone", name),
        industry=industry,
        size=size,
        shipments=int(size * (1 + 4 * chance.lot("shipments", name))) // 10 * 10,
    )


def plain(name: str, between: str) -> str:
    """*name* as it stands in an address: small letters of ASCII, *between* in place of all else."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(NOT_DECOMPOSED))
    words = "".join(each if each.isascii() else "" for each in letters).replace("&", " ").split()
    return between.join(words)
