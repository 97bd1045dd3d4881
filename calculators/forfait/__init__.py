"""The pay of a médecin traitant under an agreement, and what another agreement would change."""
