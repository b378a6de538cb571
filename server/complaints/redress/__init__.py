"""The applicant is not content: objection, correction, reopening, satisfaction (Act 35, D18)."""
