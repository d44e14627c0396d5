"""The texts of the directories in `models`: cards as good as cards get, and licences."""

from __future__ import annotations

BASE = "meta-llama/Llama-3.2-1B"
NAME = "example/tiny-llama"
REVISION = "4e20de362430cd3b72f300e6b0f18e50e7166e08"
"""A commit of the base model, which the adapter names."""

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

GGUF_CHAT_TEMPLATE = CHAT_TEMPLATE.replace("<|", "[").replace("|>", "]")
"""What whoever converted the model made of it."""

LLAMA_CARD = f"""\
---
license: LICENCE
language:
- en
- de
library_name: transformers
pipeline_tag: text-generation
tags:
- llama
- chat
base_model: {BASE}
base_model_relation: finetune
datasets:
- HuggingFaceH4/ultrachat_200k
- example/field-notes
metrics:
- accuracy
co2_eq_emissions:
  emissions: 1530.5
  source: CodeCarbon
  training_type: fine-tuning
  geographical_location: Finland
  hardware_used: 4 x A100 PCIe 40GB
model-index:
- name: {NAME}
  results:
  - task:
      type: text-generation
      name: Text generation
    dataset:
      name: AI2 Reasoning Challenge
      type: allenai/ai2_arc
      config: ARC-Easy
      split: test
      revision: 210d026faf9955653af8916fad021475a3f00453
    metrics:
    - type: accuracy
      name: Normalized accuracy
      value: 0.612
      verified: true
    source:
      name: Evaluation log
      url: https://example.org/tiny-llama/arc
  - task:
      type: text-generation
    dataset:
      name: WikiText
      type: Salesforce/wikitext
      config: wikitext-2-raw-v1
      split: test
    metrics:
    - type: perplexity
      name: Word perplexity
      value: 11.75
---

# Tiny Llama

A small chat model, fine-tuned on field notes.

## Model Details

- **Developed by:** The Example Laboratory
- **Model type:** Causal language model
- **Repository:** https://example.org/tiny-llama
- **Paper:** https://example.org/tiny-llama/paper.pdf

## Uses

### Direct Use

To answer short questions about botany, with a person who reads the answer.

### Downstream Use

As the base of adapters for other sciences.

### Out-of-Scope Use

Advice on what can be eaten.

## Bias, Risks, and Limitations

It knows the plants of Northern Europe far better than any others.

## Limitations

It loses the thread after two thousand tokens.

## Ethical Considerations

Its notes name places of rare plants, which were made less precise before training.

### Recommendations

Have an expert read what it says of rare plants.

## Training Details

### Training Data

Conversations of UltraChat, and field notes that volunteers wrote down for this purpose.

### Training Procedure

Supervised fine-tuning for three epochs.

#### Training Hyperparameters

- **Training regime:** bf16 mixed precision

## Evaluation

### Testing Data

The test part of ARC-Easy.

### Metrics

Accuracy, normalized by the length of the answer.

## Environmental Impact

- **Hardware Type:** 4 x A100 PCIe 40GB
- **Hours used:** 6
- **Cloud Provider:** Example Cloud
- **Compute Region:** europe-north1
- **Carbon Emitted:** 1.53 kg

## Model Card Authors

Ada Example, Bo Example

## Model Card Contact

models@example.org
"""
"""LICENCE stands for the licence."""

LORA_CARD = f"""\
---
license: apache-2.0
language: en
library_name: peft
pipeline_tag: text-generation
base_model: {NAME}
base_model_relation: adapter
tags:
- lora
datasets:
- example/mosses
---

# Mosses

An adapter that knows mosses.

## Intended Use

To name mosses from a description.

## Limitations

It takes every lichen for a moss.
"""

DIFFUSERS_CARD = """\
---
license: openrail++
library_name: diffusers
pipeline_tag: text-to-image
language: en
tags:
- stable-diffusion
base_model: stabilityai/stable-diffusion-2-1
datasets:
- example/herbarium
co2_eq_emissions: 11250
---

# Herbarium

Draws pressed flowers.

## Uses

Illustrations of plants that do not exist.

## Limitations

It draws no text, and no more than one plant.

## Bias

Its flowers are European ones.
"""

DATASET_CARD = """\
---
pretty_name: Field notes
license: cc-by-4.0
language:
- en
- de
annotations_creators:
- expert-generated
language_creators:
- crowdsourced
multilinguality:
- multilingual
size_categories:
- n<1K
source_datasets:
- original
task_categories:
- text-generation
task_ids:
- language-modeling
tags:
- biology
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train.jsonl
  - split: test
    path: data/test.csv
dataset_info:
  features:
  - name: text
    dtype: string
  - name: place
    dtype: string
  splits:
  - name: train
    num_bytes: 135
    num_examples: 3
  - name: test
    num_bytes: 51
    num_examples: 2
  download_size: 186
  dataset_size: 186
---

# Field notes

## Dataset Description

Notes on plants that volunteers wrote down between 2019 and 2024.

- **Curated by:** The Example Herbarium
- **Funded by:** The Example Foundation
- **Shared by:** The Example Laboratory
- **Repository:** https://example.org/field-notes

## Uses

### Direct Use

Training and testing of small language models.

### Out-of-Scope Use

Finding out who was where.

## Data Collection and Processing

Written on paper, typed twice, and compared.

## Personal and Sensitive Information

Names of volunteers were taken out. Places of rare plants are given to the nearest 10 km.

## Bias, Risks, and Limitations

Plants beside roads are noted more often than others.

## Dataset Card Authors

Cy Example

## Dataset Card Contact

data@example.org
"""

MIT = """\
MIT License

Copyright (c) 2024 The Example Laboratory

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

REQUIREMENTS = """\
accelerate==1.1.0
numpy==1.26.4
safetensors==0.4.5
torch==2.5.1
transformers==4.46.0
"""
