"""Step 0, run once: cuts benchmarks/data/{banking77,clinc150} from the public sources.

    python vendor_data.py BANKING_DIR CLINC_DIR

BANKING_DIR holds train.csv, test.csv and LICENSE of PolyAI-LDN/task-specific-datasets (banking_data), CLINC_DIR holds
data_full.json, domains.json and LICENSE of clinc/oos-eval. Texts and labels are copied unchanged and in order.
"""

import csv
import json
import shutil
import sys
from pathlib import Path

from common import BANKING, CLINC, write_jsonl

# Left out of the negatives: what a bank's customer may well ask. The two financial domains, and the intents of other
# domains that BANKING77 has under another name (exchange_rate, lost_or_stolen_phone, receiving_money,
# edit_personal_details, country_support).
BANK_DOMAINS = {"banking", "credit_cards"}
BANK_LIKE = {"exchange_rate", "travel_notification", "direct_deposit", "find_phone", "change_user_name"}


def vendor_banking(source: Path) -> None:
    for split in ("train", "test"):
        with (source / f"{split}.csv").open(encoding="utf-8", newline="") as lines:
            rows = [
                {"id": f"banking77-{split}-{index}", "text": row["text"], "label": row["category"]}
                for index, row in enumerate(csv.DictReader(lines))
            ]
        write_jsonl(BANKING / f"{split}.jsonl", rows)
    shutil.copyfile(source / "LICENSE", BANKING / "LICENSE")


def vendor_clinc(source: Path) -> None:
    data = json.loads((source / "data_full.json").read_text(encoding="utf-8"))
    domains = json.loads((source / "domains.json").read_text(encoding="utf-8"))
    domain_of = {intent: domain for domain, intents in domains.items() for intent in intents}
    write_jsonl(
        CLINC / "other-domains-train.jsonl",
        (
            {"id": f"clinc150-train-{index}", "text": text, "label": intent, "domain": domain_of[intent]}
            for index, (text, intent) in enumerate(data["train"])
            if domain_of[intent] not in BANK_DOMAINS and intent not in BANK_LIKE
        ),
    )
    write_jsonl(
        CLINC / "out-of-scope.jsonl",
        (
            {"id": f"clinc150-{split}-{index}", "text": text, "label": intent}
            for split in ("oos_train", "oos_val", "oos_test")
            for index, (text, intent) in enumerate(data[split])
        ),
    )
    shutil.copyfile(source / "LICENSE", CLINC / "LICENSE")


if __name__ == "__main__":
    vendor_banking(Path(sys.argv[1]))
    vendor_clinc(Path(sys.argv[2]))
