"""The people of the demo: a German machine builder's prospects and customers, drawn from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

Temperature = Literal["cold", "lukewarm", "warm", "hot"]

FIRST_NAMES = {
    "Ms": (
        "Anna Petra Sabine Julia Katrin Monika Claudia Birgit Lena Sophie Martina Heike Nadine Ursula Elif "
        "Franziska Ingrid Jana Carina Agnieszka Silvia Verena"
    ).split(),
    "Mr": (
        "Thomas Michael Andreas Stefan Markus Jürgen Christian Martin Tobias Florian Sebastian Matthias Uwe "
        "Bernd Ralf Mehmet Lukas Jonas Holger Günther Piotr Reto"
    ).split(),
}
LAST_NAMES = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter "
    "Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt "
    "Werner Krause Lehmann Köhler Maier Huber Gruber Steiner Brunner Yılmaz Kowalski Novak Rossi "
    "Keller Vogel Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Simon Ludwig Böhm "
    "Kraus Schumacher Vogt Stein Jäger Otto"
).split()
COMPANY_STEMS = (
    "Alpen Rhein Nordsee Schwaben Franken Saar Elbe Neckar Isar Weser Hanse Taunus Harz Eifel Spree Oder "
    "Lausitz Allgäu Pfalz Ruhr Sieger Zoller Münster Tiroler Linzer Basler Berner"
).split()
COMPANY_TRADES: dict[str, tuple[str, ...]] = {
    "Automotive": ("Automotive", "Fahrzeugteile", "Karosserie"),
    "Metalworking": ("Blechtechnik", "Metallbau", "Umformtechnik", "Stanzwerk"),
    "Mechanical Engineering": ("Maschinenbau", "Anlagenbau", "Antriebstechnik"),
    "Aerospace": ("Aerostruktur", "Luftfahrttechnik"),
    "Household Appliances": ("Hausgeräte", "Küchentechnik"),
    "Education": ("Hochschule", "Technikakademie"),
    "Consulting": ("Beratung", "Marktstudien"),
}
COMPANY_FORMS = ("GmbH", "GmbH & Co. KG", "AG", "SE", "KG")
JOBS: tuple[tuple[str, str, int], ...] = (
    ("Leiter Produktion", "Production", 14),
    ("Geschäftsführer", "Management", 7),
    ("Head of Purchasing", "Purchasing", 9),
    ("Einkäufer", "Purchasing", 12),
    ("Fertigungsplaner", "Production", 13),
    ("Konstrukteur", "Engineering", 14),
    ("Technical Director", "Management", 5),
    ("Instandhaltungsleiter", "Maintenance", 10),
    ("Projektingenieurin", "Engineering", 9),
    ("Werkstudent", "Engineering", 4),
    ("Marketing Manager", "Marketing", 3),
)
COUNTRIES: tuple[tuple[str, str, int], ...] = (
    ("DE", "de", 70),
    ("AT", "at", 12),
    ("CH", "ch", 10),
    ("PL", "pl", 5),
    ("IT", "it", 3),
)
PRODUCT_LINES = ("presses", "lasers", "services")


@dataclass(frozen=True, slots=True)
class Company:
    """A company and how many it employs."""

    name: str
    domain: str
    industry: str
    country: str
    employees: int


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the demo with a leaning that their behaviour follows, unknown to the system."""

    number: int
    first_name: str
    last_name: str
    salutation: str
    email: str
    job_title: str
    department: str
    company: Company
    line: str
    temperature: Temperature
    newsletter: bool
    product_news: bool
    salesforce: Literal["nothing", "Lead", "Contact"]

    @property
    def subscriber(self) -> str:
        """The number under which Marketing Cloud knows them."""
        return str(41_000_000 + self.number)

    @property
    def tracked(self) -> bool:
        """Whether their browser carries Account Engagement's cookie."""
        return self.number % 4 == 0

    @property
    def prospect(self) -> str:
        """The number under which Account Engagement knows them."""
        return str(520_000_000 + self.number)


def companies(random: Random, count: int) -> list[Company]:
    """Draw companies; their domains differ."""
    found: dict[str, Company] = {}
    while len(found) < count:
        industry = random.choices(list(COMPANY_TRADES), weights=(22, 30, 24, 8, 10, 3, 3))[0]
        stem, trade = random.choice(COMPANY_STEMS), random.choice(COMPANY_TRADES[industry])
        country, ending, _ = random.choices(COUNTRIES, weights=[weight for *_, weight in COUNTRIES])[0]
        domain = f"{_ascii(stem)}-{_ascii(trade)}{len(found)}.{ending}.example"
        name = f"{stem} {trade} {random.choice(COMPANY_FORMS)}"
        employees = int(random.lognormvariate(5.0, 1.2)) + 3
        found[domain] = Company(name, domain, industry, country, employees)
    return list(found.values())


def people(random: Random, count: int) -> Iterator[Someone]:
    """Draw people; few of them are about to buy, most only read."""
    employers = companies(random, max(1, count // 5))
    for number in range(count):
        company = random.choice(employers)
        salutation = random.choice(("Ms", "Mr"))
        first, last = random.choice(FIRST_NAMES[salutation]), random.choice(LAST_NAMES)
        title, department, _ = random.choices(JOBS, weights=[weight for *_, weight in JOBS])[0]
        temperature: Temperature = random.choices(("cold", "lukewarm", "warm", "hot"), (52, 32, 12, 4))[0]
        yield Someone(
            number=number,
            first_name=first,
            last_name=last,
            salutation=salutation,
            email=f"{_ascii(first)}.{_ascii(last)}{number}@{company.domain}",
            job_title=title,
            department=department,
            company=company,
            line=random.choices(PRODUCT_LINES, (40, 35, 25))[0],
            temperature=temperature,
            newsletter=random.random() < 0.58,
            product_news=random.random() < 0.45,
            salesforce=random.choices(("nothing", "Lead", "Contact"), (72, 18, 10))[0],
        )


def _ascii(text: str) -> str:
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", " ": "-"})
    return text.lower().translate(table)
