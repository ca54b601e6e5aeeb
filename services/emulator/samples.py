"""Names and words of the emulated world, as data. People are person01 to person09 at example.com and nobody else."""

from __future__ import annotations

from services.emulator.dice import guid


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TENANT = "5b1c9b52-0f3e-4d8a-9b71-3f6f5c2e7a10"

SUBSCRIPTION_PROD = "0a4f1d2e-6b7c-4e8f-9a10-2b3c4d5e6f70"
SUBSCRIPTION_RESEARCH = "7c21e0aa-93d4-4f0b-8d55-61b2f3a4c5d6"

ADJECTIVES = _words(
    "affable amiable amusing brave bright bubbly busy calm careful cheerful clever cool crimson dreamy eager "
    "elated epic frosty gentle good great green happy helpful honest icy jolly jovial keen khaki kind lazy "
    "lime loyal lucid mango mild neat nice olive orange patient placid plucky polite proud purple quiet "
    "quirky red sad salmon sharp shy silver sincere sleepy sleek strong sweet tender tough upbeat willing "
    "wise witty yellow zen "
)
NOUNS = _words(
    "airport ant apple arm atemoya bag basil bear bell bone bottle brush cabbage camera candle carrot cartoon "
    "cat cherry coconut corn cup date deer dinner dog drawer eagle eel elk feijoa fig fork fox frame garden "
    "ghost glove grape guava head hominy honey island jelly jewel kettle key knot lamp leaf lemon lettuce "
    "lion lunch music napkin neck night nose oil onion owl oxygen parang parrot pea pear pen pepper plum pot "
    "prune quince rain river roof root sail seal shoe sky snail soca soursop spade spoon square station "
    "street sun tail tangelo tent tooth toy vase vinegar wall whale wing wolf yak yam zoo "
)

PEOPLE = tuple(f"Person{number:02} Example" for number in range(1, 10))
UPNS = tuple(f"person{number:02}@example.com" for number in range(1, 10))
PEOPLE_IDS = tuple(guid("person", number) for number in range(1, 10))
PIPELINE_APP = guid("application", "training-pipeline")
"""A service principal that starts what is scheduled and registers models."""

REPOSITORIES = (
    ("https://github.com/example-org/fraud-train.git", ("main", "main", "main", "feat/focal-loss", "person03/try-lr")),
    ("git@github.com:example-org/llm-lab.git", ("main", "main", "sweep-11", "person07/long-context")),
    ("https://dev.azure.com/example-org/ml/_git/tabular", ("main", "main", "release/2026.4")),
)

ENVIRONMENTS = ("fraud-train", "acft-hf-nlp-gpu", "sklearn-1.5", "churn-env", "ocr-train", "llm-sft")

TEAMS = ("risk", "growth", "search", "platform", "docs")

STAGES = ("Production", "Staging", "Development", None, None, "Archived")

EXTRA_MODELS = _words(
    "address-match ad-rank-tiny basket-affinity bert-intent-nl call-summary card-clone-detect chargeback-gbm "
    "cold-start credit-line-v0 currency-drift demand-fc doc-layout dup-user-graph email-topic fasttext-lang "
    "gbm-benchmark invoice-fields kyc-face-toy lead-score loan-default ltv-90d nps-themes parcel-eta pii- "
    "tagger price-floor promo-uplift query-rewrite refund-abuse returns-xgb risk-embeddings route-cost "
    "sentiment-nl session-rnn sku-dedupe store-cluster support-triage ticket-router tts-probe voice-id-toy "
    "zip-income "
)
"""Models nobody deploys; with them the list needs more than two pages of 20."""

COMPONENT_WORDS = ("prep", "split", "train", "evaluate", "register", "score", "profile", "drift")
