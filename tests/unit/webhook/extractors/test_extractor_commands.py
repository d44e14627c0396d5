from __future__ import annotations

import pytest

from tests.support.admission_objects import (
    container,
    found_in,
    names,
    pod,
    problems,
    serving,
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["vllm", "serve", "acme/llama"], {"hf://acme/llama"}),
        (["vllm", "serve", "acme/llama", "--revision", "abc"], {"hf://acme/llama@abc"}),
        (["vllm", "serve", "--model=acme/llama", "--rev=abc"], {"hf://acme/llama@abc"}),
        (["vllm", "serve", "--enable-lora", "acme/llama"], {"hf://acme/llama"}),
        (["vllm", "serve", "--port", "8000", "acme/llama"], {"hf://acme/llama"}),
        (["/opt/bin/vllm", "serve", "s3://bucket/llama"], {"s3://bucket/llama"}),
        (["python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "gpt2"], {"hf://gpt2"}),
        (["x", "--model", "a/one", "--model", "a/two"], {"hf://a/one", "hf://a/two"}),
        (["x", "--model", "a/b", "--tokenizer", "c/d"], {"hf://a/b", "hf://c/d"}),
        (
            ["x", "--model", "a/b", "--tokenizer=c/d", "--tokenizer-revision", "r"],
            {"hf://a/b", "hf://c/d@r"},
        ),
        (["text-generation-launcher", "--model-id", "a/b"], {"hf://a/b"}),
        (["python", "-m", "sglang.launch_server", "--model-path", "a/b"], {"hf://a/b"}),
        (["x", "--model_id=a/b", "--model_revision=r"], {"hf://a/b@r"}),
        (["x", "--model_name=served", "--model_id=a/b"], {"hf://a/b"}),
        (["x", "--model-name", "a/b"], {"hf://a/b"}),
        (["x", "--model-name", "gpt2"], {"hf://gpt2"}),
        (["tritonserver", "--model-repository=s3://bucket/models"], {"s3://bucket/models"}),
        (["x", "-model", "a/b"], {"hf://a/b"}),
        (["llama-server", "-hf", "acme/llama:Q4_K_M"], {"hf://acme/llama"}),
        (["llama-server", "-mu", "https://example.org/x.gguf"], {"https://example.org/x.gguf"}),
        (
            ["vllm", "serve", "a/b", "--lora-modules", "one=a/1", "two=a/2", "--port", "1"],
            {"hf://a/b", "hf://a/1", "hf://a/2"},
        ),
        (
            ["vllm", "serve", "a/b", "--lora-modules", '{"name": "x", "path": "a/1"}'],
            {"hf://a/b", "hf://a/1"},
        ),
        (["vllm", "serve", "a/b", "--lora-m", "x=a/1"], {"hf://a/b", "hf://a/1"}),
        (
            ["vllm", "serve", "a/b", "--speculative-config", '{"model": "d/e", "revision": "r"}'],
            {"hf://a/b", "hf://d/e@r"},
        ),
        (["vllm", "serve", "a/b", "--speculative-config.model", "d/e"], {"hf://a/b", "hf://d/e"}),
        (
            ["x", "--model-loader-extra-config", '{"tensorizer_uri": "s3://bucket/x"}'],
            {"s3://bucket/x"},
        ),
        (["huggingface-cli", "download", "--local-dir", "/x", "a/b"], {"hf://a/b"}),
        (["hf", "download", "a/b", "--revision", "r"], {"hf://a/b@r"}),
        (["oras", "pull", "registry.example/acme/x:1"], {"oci://registry.example/acme/x:1"}),
        (["git", "clone", "https://huggingface.co/a/b"], {"https://huggingface.co/a/b"}),
        (["run", "hf://a/b"], {"hf://a/b"}),
        (["python", "-m", "http.server"], set()),
        (["python", "app.py", "--mode", "production", "--token", "x"], set()),
    ],
)
def test_a_command_line_names_its_models(words, expected):
    assert names(serving(*words)) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("vllm serve acme/llama", {"hf://acme/llama"}),
        ("set -e; exec vllm serve acme/llama --port 80 2>&1 | tee /log", {"hf://acme/llama"}),
        ("export M=a/b && vllm serve $M", {"hf://a/b"}),
        ("M='a/b'\nvllm serve \"${M}\" --revision r", {"hf://a/b@r"}),
        ("vllm serve \\\n  a/b \\\n --port 1", {"hf://a/b"}),
        ("vllm 'serve' \"a\"/'b'", {"hf://a/b"}),
        ("if true; then vllm serve a/b; else vllm serve c/d; fi", {"hf://a/b", "hf://c/d"}),
        ("bash -c 'vllm serve a/b'", {"hf://a/b"}),
        ("MODEL_ID=a/b text-generation-launcher", {"hf://a/b"}),
        ("env HF_MODEL_ID=a/b server", {"hf://a/b"}),
        ("vllm serve a/b # --model c/d", {"hf://a/b"}),
        ("x=$(huggingface-cli download a/b)", {"hf://a/b"}),
        ("vllm serve >/log a/b", {"hf://a/b"}),
    ],
)
def test_a_script_names_what_its_commands_name(script, expected):
    assert names(serving("/bin/sh", "-ec", script)) == expected


@pytest.mark.parametrize(
    "script",
    [
        "vllm serve $(cat /model)",
        "vllm serve `cat /model`",
        'vllm serve "$MODEL"',
        "vllm serve acme/$NAME",
        "false && M=a/b; vllm serve $M",
        "M=a/b; M=c/d; vllm serve $M",
        "M=a/b; read M; vllm serve $M",
        "M=a/b; . /other; vllm serve $M",
        "M=a/b; eval $X; vllm serve $M",
        "for M in c/d; do vllm serve $M; done",
        "M=a/b; vllm serve ${M:-c/d}",
        "vllm serve --enable-lora $ARGS --model a/b",
        "vllm serve a/b $ARGS",
        "vllm serve $'a/b'",
        "vllm serve a/?",
        "vllm serve 'a/b",
        'sh -c "sh -c \'sh -c \\"sh -c \\\\\\"x\\\\\\"\\"\'"; vllm serve',
        "python -c 'from vllm import LLM; LLM(\"a/b\")'",
    ],
)
def test_what_only_a_shell_could_tell_is_refused(script):
    assert problems(serving("sh", "-c", script))


def test_a_variable_of_the_script_that_hides_one_of_the_environment_is_refused():
    env = [{"name": "M", "value": "a/good"}]
    document = serving("sh", "-c", "for M in a/evil; do vllm serve $M; done", env=env)

    assert problems(document)
    assert names(document) == set()


@pytest.mark.parametrize(
    "words",
    [
        ["vllm", "serve"],
        ["vllm", "serve", "--config", "/config.yaml"],
        ["vllm", "serve", "a/b", "--config=/config.yaml"],
        ["text-generation-launcher"],
        ["x", "--model"],
        ["x", "--model", "a/b/../c"],
        ["x", "--model", "./llama"],
        ["x", "--model", "llama.gguf"],
        ["x", "--model", "~/llama"],
        ["x", "--model", "a b"],
        ["x", "--model", "ngc://a/b"],
        ["x", "--model", "a/b", "--revision", "$(REV)/.."],
        ["x", "--speculative-config", "{"],
        ["x", "--speculative-config", '{"model": 1}'],
        ["ollama", "run", "llama3"],
        ["python3", "-c", "import vllm"],
        ["/usr/bin/python3.11", "-u", "-Ic", "import transformers"],
    ],
)
def test_what_cannot_be_told_is_refused_and_not_skipped(words):
    assert problems(serving(*words))


def test_a_reference_has_the_pointer_to_where_it_stands():
    document = pod(container(command=["vllm", "serve"], args=["--port", "1", "--model", "a/b"]))

    [found] = found_in(document)

    assert found.where == "/spec/containers/0/args/3"


def test_arguments_go_on_from_the_command():
    assert names(pod(container(command=["vllm", "serve"], args=["a/b"]))) == {"hf://a/b"}


def test_an_image_that_starts_vllm_takes_the_model_as_its_first_argument():
    server = {"name": "x", "image": "vllm/vllm-openai:v0.9", "args": ["a/b", "--port", "1"]}

    assert names(pod(server)) == {"hf://a/b"}


def test_an_image_that_starts_vllm_without_a_model_is_refused():
    assert "is not told which model" in problems(pod({"name": "x", "image": "vllm/vllm-openai"}))


TGI = "ghcr.io/huggingface/text-generation-inference:3"


@pytest.mark.parametrize(
    ("image", "name", "value", "told"),
    [
        (TGI, "MODEL_ID", "acme/llama", True),
        (TGI, "MODEL_ID", "", False),
        (TGI, "OTHER", "acme/llama", False),
        ("vllm/vllm-openai", "MODEL_ID", "acme/llama", False),
    ],
)
def test_a_variable_tells_a_server_that_reads_it_and_no_other(image, name, value, told):
    server = {"name": "x", "image": image, "env": [{"name": name, "value": value}]}

    assert ("is not told which model" in problems(pod(server))) is not told


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ([{"name": "HF_MODEL_ID", "value": "a/b"}], {"hf://a/b"}),
        (
            [{"name": "MODEL_ID", "value": "a/b"}, {"name": "REVISION", "value": "r"}],
            {"hf://a/b@r"},
        ),
        ([{"name": "MODEL_NAME", "value": "gpt2"}], {"hf://gpt2"}),
        ([{"name": "NIM_MODEL_NAME", "value": "hf://a/b"}], {"hf://a/b"}),
        ([{"name": "LORA_ADAPTERS", "value": "x=a/b,c/d"}], {"hf://a/b", "hf://c/d"}),
        ([{"name": "MODEL", "value": "sedan"}], set()),
        ([{"name": "A", "value": "a"}, {"name": "MODEL_ID", "value": "$(A)/b"}], {"hf://a/b"}),
        ([{"name": "HF_MODEL_ID", "value": ""}], set()),
        (
            [{"name": "HF_MODEL_ID", "value": "a/b"}, {"name": "MODEL_NAME", "value": "x"}],
            {"hf://a/b"},
        ),
    ],
)
def test_the_environment_names_models(env, expected):
    assert names(pod(container(env=env))) == expected


@pytest.mark.parametrize(
    "env",
    [
        [{"name": "MODEL_ID", "valueFrom": {"configMapKeyRef": {"name": "x", "key": "y"}}}],
        [{"name": "MODEL_ID", "value": 1}],
        [{"name": "MODEL_ID", "value": "a/b", "valueFrom": {"fieldRef": {}}}],
        [{"value": "a/b"}],
        ["MODEL_ID=a/b"],
        "MODEL_ID=a/b",
        [{"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "value": "True"}],
        [{"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "valueFrom": {}}],
        [{"name": "HF_ENDPOINT", "value": "https://mirror.example"}],
        [{"name": "VLLM_USE_MODELSCOPE", "value": "1"}],
        [{"name": "MODEL_ID", "value": "$(MISSING)/b"}],
    ],
)
def test_a_variable_that_cannot_be_told_or_opens_a_way_around_is_refused(env):
    assert problems(pod(container(env=env)))


@pytest.mark.parametrize("value", ["0", "false", ""])
def test_a_switch_that_is_off_is_no_problem(value):
    env = [{"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "value": value}]

    assert problems(pod(container(env=env))) == ""


def test_a_word_that_kubernetes_expands_is_expanded():
    env = [{"name": "M", "value": "a/b"}]

    assert names(serving("vllm", "serve", "$(M)", env=env)) == {"hf://a/b"}


def test_the_last_variable_of_a_name_counts():
    env = [{"name": "M", "value": "a/good"}, {"name": "M", "value": "a/evil"}]

    assert names(serving("vllm", "serve", "$(M)", env=env)) == {"hf://a/evil"}


def test_a_variable_that_may_come_from_elsewhere_is_refused():
    source = [{"configMapRef": {"name": "x"}}]

    assert problems(serving("vllm", "serve", "$(M)", envFrom=source))


def test_variables_from_elsewhere_beside_a_model_are_refused_for_what_they_could_set():
    source = [{"secretRef": {"name": "x"}}]

    assert "name each of them in env" in problems(serving("vllm", "serve", "a/b", envFrom=source))
    assert problems(serving("web", "--port", "80", envFrom=source)) == ""


def test_variables_that_double_each_other_are_not_followed_to_the_end():
    env = [{"name": "A0", "value": "x" * 100}]
    env += [{"name": f"A{n}", "value": f"$(A{n - 1})$(A{n - 1})"} for n in range(1, 60)]

    assert problems(serving("x", "--model", "$(A59)", env=env))


@pytest.mark.parametrize("member", ["command", "args", "env", "volumeMounts"])
@pytest.mark.parametrize("value", ["vllm serve a/b", 1, {"a": 1}, [1], [["a"]]])
def test_a_member_of_a_wrong_type_hides_nothing(member, value):
    if member == "env" and isinstance(value, dict):
        value = {"MODEL_ID": 1}

    assert problems(pod(container(**{member: value})))


def test_an_init_container_and_one_for_debugging_are_read_too():
    other = container(command=["vllm", "serve", "a/b"])
    document = pod(container(), init=[other], ephemeralContainers=[other])

    assert {item.where for item in found_in(document)} == {
        "/spec/initContainers/0/command/2",
        "/spec/ephemeralContainers/0/command/2",
    }


@pytest.mark.parametrize(
    "place", [("lifecycle", "postStart"), ("lifecycle", "preStop"), ("livenessProbe",)]
)
def test_a_command_that_a_kubelet_runs_beside_is_read_too(place):
    hook = {"exec": {"command": ["sh", "-c", "hf download a/evil"]}}
    for key in reversed(place):
        hook = {key: hook}

    [found] = found_in(pod(container(**hook)))

    assert found.uri == "hf://a/evil"
    assert found.where == f"/spec/containers/0/{'/'.join(place)}/exec/command/2"


def test_a_uri_of_a_model_counts_wherever_it_stands():
    server = container(args=["--whatever=hf://a/b"], env=[{"name": "X", "value": "hf://c/d"}])

    assert names(pod(server)) == {"hf://a/b", "hf://c/d"}


@pytest.mark.parametrize(
    "script",
    [
        "$(echo vllm) serve a/b",
        "echo eHg= | base64 -d | sh",
        "$RUN serve",
        "bash run.sh",
        "eval x",
    ],
)
def test_a_script_on_an_accelerator_that_runs_what_it_does_not_hold_is_refused(script):
    limits = {"limits": {"nvidia.com/gpu": 1}}

    assert problems(serving("sh", "-c", script, resources=limits))
    assert problems(serving("sh", "-c", script)) == ""


@pytest.mark.parametrize("words", [["sh", "/opt/run.sh"], ["python3", "-u", "/opt/app.py"]])
def test_a_servers_image_that_is_started_by_a_file_on_a_volume_is_refused(words):
    server = {"name": "x", "image": "vllm/vllm-openai:1", "command": words}

    assert problems(pod(server)) == ""
    server["volumeMounts"] = [{"name": "v", "mountPath": "/opt"}]
    assert "does not name" in problems(pod(server))


def test_more_commands_than_anybody_reads_are_refused():
    assert "more containers or commands" in problems(serving("sh", "-c", "x;" * 10_000))


def test_more_caches_than_anybody_has_are_refused():
    env = [{"name": "HF_HOME", "value": f"/c{n}"} for n in range(100)]

    assert "one cache of too many" in problems(pod(container(env=env)))


def test_a_script_in_the_image_is_the_images_and_one_on_a_volume_is_not():
    script = "bash /opt/start.sh; vllm serve a/b"
    limits = {"limits": {"nvidia.com/gpu": 1}}
    mounts = [{"name": "v", "mountPath": "/opt"}]

    document = serving("sh", "-c", script, resources=limits)
    mounted = serving("sh", "-c", script, resources=limits, volumeMounts=mounts)

    assert names(document) == names(mounted) == {"hf://a/b"}
    assert problems(document) == ""
    assert "does not name" in problems(mounted)


@pytest.mark.parametrize(
    "image", ["vllm/vllm-openai", "r.example/my-vllm:1", "x/vllm-cpu-env@sha256:1"]
)
def test_an_image_of_a_server_is_known_under_other_names(image):
    server = {"name": "x", "image": image, "args": ["serve", "a/b"]}

    assert names(pod(server)) == {"hf://a/b"}


def test_what_stands_before_a_server_needs_no_model():
    assert (
        problems(pod({"name": "x", "image": "lmcache/vllm-router:1", "args": ["--port", "1"]}))
        == ""
    )
