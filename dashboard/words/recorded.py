"""What a record lacks, by name: a reason of the calculators carries the table or the column as the record names them."""

import re

NAMES = {
    "acts": "les actes", "acts.base_cents": "le montant des actes", "acts.performer_id": "qui a fait les actes",
    "acts.prescriber_id": "qui a prescrit les actes", "ald": "les ALD", "deliveries": "les délivrances",
    "deliveries.base_cents": "le montant des délivrances", "deliveries.exo": "le motif d’exonération des délivrances",
    "deliveries.prescriber_id": "qui a prescrit les délivrances", "devices": "les dispositifs médicaux",
    "drugs.device": "la forme des inhalateurs", "drugs.group": "le groupe biosimilaire des médicaments",
    "drugs.pack_days": "la durée des boîtes", "drugs.pack_units": "le nombre d’unités par boîte",
    "drugs.role": "ce qui est biosimilaire et ce qui est référence", "sick_leaves": "les arrêts de travail",
    "sick_leaves.prescriber_id": "qui a prescrit les arrêts de travail", "stays": "les séjours",
    "stays.kind": "la nature des séjours",
}  # fmt: skip
ONE_OF_THEM = "|".join(map(re.escape, sorted(NAMES, key=len, reverse=True)))
LACKING = re.compile(rf"(?<=on calculable : )({ONE_OF_THEM})(?=[.;, ]|$)")


def named(reason: str | None) -> str:
    """The reason, with the name in French of what is not in the record."""
    return LACKING.sub(lambda found: f"ces données ne disent pas {NAMES[found[1]]}", reason or "")


NOT_TOLD = "Elle ne dit pas quels médecins l’ont faite : si vous en êtes, vous êtes comparé en partie à vous-même."
"""Of a reference without its doctors."""
