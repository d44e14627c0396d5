"""Statements that no field of the standards holds, under the one namespace `aiverify:`."""

from __future__ import annotations

from collections.abc import Mapping

ROOT_DIGEST = "aiverify:root-digest"
"""Over the digests of all files (OMS v1.0), so not a hash of any file: never in `hashes`."""

KIND = "aiverify:kind"

GIVEN_NAME = "aiverify:given-name"

PROPERTIES: Mapping[str, str] = {
    KIND: "What the artifact is: `model`, `adapter`, `component` or `dataset`.",
    ROOT_DIGEST: "The digest over the digests of all files (OMS v1.0), as `sha256:` and 64 "
    "digits. Also on a base model or dataset that was at hand.",
    "aiverify:digest:kind": "What the root digest is: `oms-root`.",
    "aiverify:size": "Bytes, of a file or of all of them.",
    "aiverify:format": "The format that a file has, or that the weights have.",
    "aiverify:role": "What a file is for: `weight`, `weight.config`, `doc`, `code`, `dataset`.",
    "aiverify:state": "Whether a file was looked into: `clean`, `flagged` or `unread`.",
    "aiverify:unread": "Why a file was not looked into.",
    "aiverify:stated-name": "What the model card calls the model.",
    "aiverify:licence": "Of a file: the licence whose text it is.",
    "aiverify:library": "The library that the card says loads it.",
    "aiverify:parameters": "Elements of all tensors, counted in the headers.",
    "aiverify:dtype:*": "Elements of one dtype.",
    "aiverify:tensors": "How many tensors there are.",
    "aiverify:tensors:dtype:*": "How many tensors have one dtype.",
    "aiverify:tensors:digest": "A digest over the name, dtype and shape of each tensor: two "
    "files with one label and other tensors differ in it.",
    "aiverify:tensors:group": "The dtypes of tensors that have one part in each layer, "
    "where not all tensors have one dtype: `blk.*.attn_v.weight: 24 q4_k, 8 q6_k`.",
    "aiverify:tensors:groups-left-out": "How many groups are not listed.",
    "aiverify:quantization:label": "The label that the file gives itself, such as `Q4_K_M`.",
    "aiverify:quantization:method": "The method that the configuration names.",
    "aiverify:quantization:bits": "Bits a weight, as the configuration says.",
    "aiverify:context-length": "The longest input, in tokens.",
    "aiverify:vocabulary": "Entries of the vocabulary.",
    "aiverify:language": "A language that the card names.",
    "aiverify:producer": "The program that wrote a file, and its version.",
    "aiverify:adapter:type": "The method of an adapter, such as `LORA`.",
    "aiverify:adapter:r": "The rank.",
    "aiverify:adapter:alpha": "The scale.",
    "aiverify:adapter:target": "A module that is changed.",
    "aiverify:adapter:pairs": "LoRA pairs in the weights.",
    "aiverify:adapter:fitting-pairs": "LoRA pairs that were held against the base at hand, and "
    "fit it.",
    GIVEN_NAME: "What a base model called itself when it was at hand, where it has another name.",
    "aiverify:part": "What a part is: `tokenizer`, `chat-template`, `pipeline` or `adapter`.",
    "aiverify:class": "The class that loads a part of a pipeline.",
    "aiverify:tokenizer:type": "The tokenizer's algorithm.",
    "aiverify:version-of": "Whose version it is: of `whoever wrote the file`, which says nothing "
    "about what will run it.",
    "aiverify:specifier": "The versions that are asked for, where none is pinned.",
    "aiverify:marker": "The environments in which a package is wanted (PEP 508).",
    "aiverify:go:sum": "The checksum of a Go module, as in `go.sum`.",
    "aiverify:go:replaces": "The module in whose place another was used.",
    "aiverify:environment:*": "What making it cost: `co2` in grams, `hardware`, `hours`, "
    "`location`, `cloud-provider`, `training-type`, `source`.",
    "aiverify:dataset:*": "Of a dataset: `examples`, `size-category`, `task`, `feature`, "
    "`split`, `annotations`, `source-dataset`, `funded-by`.",
    "aiverify:metric:name": "The name that the card gives to a result beside its type.",
    "aiverify:metric:verified": "Whether the card says that somebody else verified a result.",
    "aiverify:osv:*": "The vulnerability database that was asked: its `digest` and `date`, how "
    "many `records` it has and how many are `unread`, and how many `components` were looked up.",
    "aiverify:vex:document": "A VEX document that was applied: its digest and name.",
    "aiverify:vulnerability:*": "What of a vulnerability's record could not be used, or why it "
    "is not known whether it applies.",
    "aiverify:source:*": "Where a field's or a property's value stands; "
    "in CycloneDX 1.7 a citation says it instead.",
    "aiverify:misfit:*": "A value that the field it belongs to cannot hold, by the field's name.",
    "aiverify:phase": "In SPDX: when the bill was written, in CycloneDX's words.",
    "aiverify:version": "In SPDX: a version that the element has no field for.",
    "aiverify:tag": "In SPDX: a tag of the card.",
    "aiverify:data:*": "In SPDX: the `type`, the `classification` and the keepers of data.",
    "aiverify:rating": "In SPDX: a rating by a method that SPDX has no relationship for.",
    "aiverify:analysis:*": "In SPDX: what VEX says that SPDX has no relationship for.",
    "aiverify:warning": "What was there and could not be used.",
}
"""Every property with what it says. `*` stands for any word."""
