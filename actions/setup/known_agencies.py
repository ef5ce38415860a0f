"""List agencies of the UN system and others that agendas often name, so that a new directory can be filled with a click each."""

UN, INTERGOVERNMENTAL, OUTSIDE = "un", "intergovernmental", "outside"

_UN = """
DESA: Department of Economic and Social Affairs
FAO: Food and Agriculture Organization of the United Nations
GA: General Assembly
GCO: UN Global Compact Office
IAEA: International Atomic Energy Agency
ICAO: International Civil Aviation Organization
IFAD: International Fund for Agricultural Development
ILO: International Labour Organization
IMO: International Maritime Organization
IOM: International Organization for Migration
ISDR: International Strategy for Disaster Reduction
ITC: International Trade Centre
ITU: International Telecommunication Union
OCHA: Office for the Coordination of Humanitarian Affairs
OHCHR: Office of the High Commissioner for Human Rights
OLA: Office of Legal Affairs
UNAIDS: Joint United Nations Programme on HIV/AIDS
UNCTAD: UN Trade and Development
UNDGO: UN Development Group Office
UNDP: United Nations Development Programme
UNDRR: UN Office for Disaster Risk Reduction
UNEP: United Nations Environment Programme
UNEP-FI: UNEP Finance Initiative
UNESCO: United Nations Educational, Scientific and Cultural Organization
UNFIP: United Nations Fund for International Partnerships
UNFPA: United Nations Population Fund
UNGC: UN Global Compact
UN-HABITAT: United Nations Human Settlements Programme
UNHCR: Office of the United Nations High Commissioner for Refugees
UNICEF: United Nations Children's Fund
UNIDO: United Nations Industrial Development Organization
UNITAR: United Nations Institute for Training and Research
UNJSPF: United Nations Joint Staff Pension Fund
UNODC: United Nations Office on Drugs and Crime
UNOP: UN Office for Partnerships
UNOPS: United Nations Office for Project Services
UNRWA: United Nations Relief and Works Agency for Palestine Refugees in the Near East
UNSSC: United Nations System Staff College
UNU: United Nations University
UNV: United Nations Volunteers
UNWTO: World Tourism Organization
UNWOMEN: UN Women
UPU: Universal Postal Union
WFP: World Food Programme
WHO: World Health Organization
WIPO: World Intellectual Property Organization
WMO: World Meteorological Organization
"""
_OTHERS = """
IFRC: International Federation of Red Cross and Red Crescent Societies
TPI: The Partnering Initiative
"""


def _read(lines: str, kind: str) -> dict[str, tuple[str, str]]:
    pairs = (line.split(": ", 1) for line in lines.strip().splitlines())
    return {acronym: (name, kind) for acronym, name in pairs}


KNOWN: dict[str, tuple[str, str]] = _read(_UN, UN) | _read(_OTHERS, OUTSIDE)
"""Name and kind by acronym."""

ACRONYMS: dict[str, str] = {name.casefold(): acronym for acronym, (name, _kind) in KNOWN.items()}
"""Acronym by name, without capitals."""
