"""The admission webhook: AdmissionReview to request, and report to AdmissionReview."""
