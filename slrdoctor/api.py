"""All that a check file imports."""

from slrdoctor.finding import Confidence as Confidence
from slrdoctor.finding import Evidence as Evidence
from slrdoctor.finding import Finding as Finding
from slrdoctor.finding import Fix as Fix
from slrdoctor.finding import Severity as Severity
from slrdoctor.finding import Threshold as Threshold
from slrdoctor.registry import check as check

BLOCKS, MISLEADS, DEGRADES, NOTE = Severity.BLOCKS, Severity.MISLEADS, Severity.DEGRADES, Severity.NOTE
CERTAIN, LIKELY, POSSIBLE = Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE
