"""Chat templates in the shapes that families of models use, in our own words.

Each has the constructs of its family: what they loop over, test, slice, call and raise.
"""

from __future__ import annotations

TEMPLATES: dict[str, str] = {
    "chatml": """\
{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + \
'<|im_end|>' + '\\n' }}{% endfor %}
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""",
    "llama2": """\
{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}
{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% set system = false %}{% endif %}
{% for message in rest %}
{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
{{ raise_exception('Roles have to take turns: user, assistant, user') }}{% endif %}
{% if loop.index0 == 0 and system != false %}
{% set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + message['content'] %}
{% else %}{% set content = message['content'] %}{% endif %}
{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}
{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}
{% endfor %}""",
    "llama3": """\
{{- bos_token }}
{%- if custom_tools is defined %}{%- set tools = custom_tools %}{%- endif %}
{%- if not tools_in_user_message is defined %}{%- set tools_in_user_message = true %}{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}{%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}{%- set date_string = "26 Jul 2024" %}{%- endif %}
{%- endif %}
{%- if not tools is defined %}{%- set tools = none %}{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}
{%- else %}{%- set system_message = "" %}{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if builtin_tools is defined or tools is not none %}{{- "Environment: ipython\\n" }}{%- endif %}
{%- if builtin_tools is defined %}
    {{- "Tools: " + builtin_tools | reject('equalto', 'code_interpreter') | join(", ") + "\\n\\n" }}
{%- endif %}
{%- if tools is not none and not tools_in_user_message %}
    {{- "You can use these functions. Answer with a call in JSON.\\n" }}
    {%- for t in tools %}{{- t | tojson(indent=4) }}{{- "\\n\\n" }}{%- endfor %}
{%- endif %}
{{- system_message }}{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ \
message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One call at a time, please.") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {%- for arg_name, arg_val in tool_call.arguments | items %}
            {{- arg_name + '="' + arg_val + '"' }}{%- if not loop.last %}{{- ", " }}{%- endif %}
        {%- endfor %}
        {{- '{"name": "' + tool_call.name + '", ' }}{{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}{{- "}" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}{{- message.content }}{%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}""",
    "mistral": """\
{%- if messages[0]["role"] == "system" %}{%- set system_message = messages[0]["content"] %}
{%- set loop_messages = messages[1:] %}{%- else %}{%- set loop_messages = messages %}{%- endif %}
{%- if not tools is defined %}{%- set tools = none %}{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or (message.tool_calls is defined)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the system message, users and assistants take turns") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS][" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}{{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}{{- '"' + key + '": "' + val + '"' }}
                    {%- else %}{{- '"' + key + '": ' + val|tojson }}{%- endif %}
                    {%- if not loop.last %}{{- ", " }}{%- endif %}
                {%- endfor %}
                {{- "}}" }}{%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" }}{%- endif %}
            {%- endfor %}
            {{- "[/AVAILABLE_TOOLS]" }}
        {%- endif %}
        {{- "[INST]" + message["content"] + "[/INST]" }}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {%- for tool_call in message.tool_calls %}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- raise_exception("An id has nine characters!") }}
            {%- endif %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}{{- ', "id": "' + tool_call.id + '"}' }}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}{{- message["content"]|trim + eos_token }}
    {%- else %}{{- raise_exception("Unknown role: " + message["role"]) }}{%- endif %}
{%- endfor %}""",
    "qwen3": """\
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
    {{- "# Tools\\n\\nFunctions are listed in <tools></tools>:\\n<tools>" }}
    {%- for tool in tools %}{{- "\\n" }}{{- tool | tojson }}{%- endfor %}
    {{- "\\n</tools>\\n<tool_call>\\n{\\"name\\": <function-name>}\\n</tool_call><|im_end|>\\n" }}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string \
and not(message.content.startswith('<tool_response>') \
and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}{%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}{%- set content = message.content %}
    {%- else %}{%- set content = '' %}{%- endif %}
    {%- if message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if '</think>' in content %}
            {%- set reasoning_content = \
content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.last or (not loop.last and reasoning_content) %}
            {{- '<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' }}
        {%- endif %}
        {{- content }}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}{{- '\\n' }}{%- endif %}
                {%- if tool_call.function %}{%- set tool_call = tool_call.function %}{%- endif %}
                {{- '<tool_call>\\n{"name": "' }}{{- tool_call.name }}{{- '", "arguments": ' }}
                {%- if tool_call.arguments is string %}{{- tool_call.arguments }}
                {%- else %}{{- tool_call.arguments | tojson }}{%- endif %}
                {{- '}\\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}{{- content }}{{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if enable_thinking is defined and enable_thinking is false %}
{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}""",
    "gemma": """\
{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '\\n\\n' -%}
    {%- else -%}{%- set first_user_prefix = messages[0]['content'][0]['text'] -%}{%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}{%- set first_user_prefix = "" -%}{%- set loop_messages = messages -%}{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}{%- set role = "model" -%}
    {%- else -%}{%- set role = message['role'] -%}{%- endif -%}
    {{ '<start_of_turn>' + role + '\\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}{{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}{{ '<start_of_image>' }}
            {%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}
        {%- endfor -%}
    {%- else -%}{{ raise_exception("Invalid content type") }}{%- endif -%}
    {{ '<end_of_turn>\\n' }}
{%- endfor -%}""",
    "phi3": """\
{% for message in messages %}{% if message['role'] == 'system' and message['content'] %}
{{'<|system|>\\n' + message['content'] + '<|end|>\\n'}}{% elif message['role'] == 'user' %}
{{'<|user|>\\n' + message['content'] + '<|end|>\\n'}}{% elif message['role'] == 'assistant' %}
{{'<|assistant|>\\n' + message['content'] + '<|end|>\\n'}}{% endif %}{% endfor %}
{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}""",
    "phi4": """\
{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and \
message['tools'] is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' \
+ message['tools'] + '<|/tool|>' + '<|end|>' }}{% else %}{{ '<|' + message['role'] + '|>' + \
message['content'] + '<|end|>' }}{% endif %}{% endfor %}""",
    "deepseek": """\
{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}
{% set ns = namespace(is_first=false, is_tool=false, is_output_first=true, system_prompt='') %}
{%- for message in messages %}{%- if message['role'] == 'system' %}
{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}
{{bos_token}}{{ns.system_prompt}}
{%- for message in messages %}
{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}
{{'<\uff5cUser\uff5c>' + message['content']}}{%- endif %}
{%- if message['role'] == 'assistant' and message['content'] is none %}
{%- for tool in message['tool_calls']%}{%- if not ns.is_first %}
{{'<\uff5ctool▁calls▁begin\uff5c>' + tool['type'] + '<\uff5ctool▁sep\uff5c>' \
+ tool['function']['name'] + '\\n' + \
'```json' + '\\n' + tool['function']['arguments'] + '\\n' + '```'}}{%- set ns.is_first = true -%}
{%- endif %}{%- endfor %}{%- endif %}
{%- if message['role'] == 'assistant' and message['content'] is not none %}
{% set content = message['content'] %}{% if '</think>' in content %}
{% set content = content.split('</think>')[-1] %}{% endif %}
{{'<\uff5cAssistant\uff5c>' + content + \
'<\uff5cend▁of▁sentence\uff5c>'}}{%- endif %}
{%- endfor -%}
{% if ns.is_tool %}{{'<\uff5ctool▁outputs▁end\uff5c>'}}{% endif %}""",
    "command-r": """\
{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}
{% set system_message = messages[0]['content'] %}
{% elif false == true %}{% set loop_messages = messages %}
{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}
{%- macro json_to_python_type(json_spec) %}
{%- set basic_type_map = {"string": "str", "number": "float", "boolean": "bool"} %}
{%- if basic_type_map[json_spec.type] is defined %}{{- basic_type_map[json_spec.type] }}
{%- elif json_spec.type == "array" %}{{- "List[" + json_to_python_type(json_spec.items) + "]"}}
{%- elif json_spec.type == "object" %}{{- "Dict[str, " + \
json_to_python_type(json_spec.additionalProperties) + "]" }}
{%- elif json_spec.type is iterable %}{{- "Union[" }}
{%- for t in json_spec.type %}{{- json_to_python_type({"type": t}) }}
{%- if not loop.last %}{{- "," }}{%- endif %}{%- endfor %}{{- "]" }}
{%- else %}{{- "Any" }}{%- endif %}{%- endmacro %}
{%- for tool in tools %}{{ '\\n\\ndef ' + tool.name + '(' }}
{%- for param_name, param_fields in tool.parameters.properties|items %}
{{- param_name + ": " + json_to_python_type(param_fields) }}
{%- if not loop.last %}, {% endif %}{%- endfor %}) -> List[Dict]{%- endfor %}
{% for message in loop_messages %}
{% if message['role'] == 'user' %}{{ '<|USER_TOKEN|>' + message['content'].strip() }}
{% elif message.role|lower == 'chatbot' %}{{ message['content'].strip() }}{% endif %}
{% endfor %}
{%- for document in documents %}{{ '\\nDocument: ' }}{{ loop.index0 }}\\n
{%- for key, value in document.items() %}{{ key }}: {{ value }}\\n{%- endfor %}{%- endfor %}""",
    "granite": """\
{%- set tools_prefix = 'Here are the functions.' %}
{%- macro document(d) %}{{ '<|document|>' }}{{ d.text if d.text else d['doc'] }}{% endmacro %}
{%- if documents %}{%- for d in documents %}{{ document(d) }}{%- endfor %}{%- endif %}
{%- if messages[0]['role'] == 'system' %}{%- set system_message = messages[0]['content'] %}
{%- else %}{%- set system_message = 'Today is ' ~ strftime_now('%B %d, %Y') ~ '.' %}{%- endif %}
{%- if tools and documents %}{%- set system_message = system_message + ' Use both.' %}
{%- elif thinking %}{%- set system_message = system_message ~ ' Think first.' %}{%- endif %}
{{ '<|start_of_role|>system<|end_of_role|>' ~ system_message ~ '<|end_of_text|>\\n' }}
{%- for message in messages %}
{{- '<|start_of_role|>' + message['role'] + '<|end_of_role|>' }}
{%- if message.content is not none %}{{- message['content'] }}{%- endif %}
{%- if 'controls' in message or (controls is defined and controls | length > 0) %}
{{- controls | tojson }}{%- endif %}{{- '<|end_of_text|>\\n' }}
{%- endfor %}""",
    "zephyr": """\
{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\\n' + \
message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\\n' + \
message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n\
{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}""",
    "falcon": """\
{% for message in messages %}{% if not loop.first %}{{ '\\n' }}{% endif %}
{% if message['role'] == 'system' %}{{ 'System: ' }}
{% elif message['role'] == 'user' %}{{ 'User: ' }}
{% elif message['role'] == 'assistant' %}{{ 'Falcon: ' }}{% endif %}
{{ message['content'] | replace('\\r\\n', '\\n') | replace('\\n\\n', '\\n') }}{% endfor %}""",
    "hermes": """\
{%- macro described(parameters, required) %}
    {%- for name, spec in parameters | dictsort %}
        {{- name ~ ' (' ~ spec.type ~ (', required' if name in required else '') ~ ')' }}
        {%- if spec.enum is defined %}{{- ' one of ' ~ spec.enum | join(', ') }}{%- endif %}
        {%- if spec.default is defined %}{{- ' or ' ~ spec.default | tojson }}{%- endif %}
        {{- '\\n' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
{%- for tool in tools | default([], true) %}
    {%- if 'function' in tool %}{%- set tool = tool['function'] %}{%- endif %}
    {{- tool.name ~ ': ' ~ tool.description | default('', true) | truncate(200) ~ '\\n' }}
    {{- described(tool.parameters.properties, tool.parameters.required or []) | indent(4) }}
{%- endfor %}
{%- for message in messages %}
    {%- if message.role in ['user', 'assistant'] or message.role.startswith('sys') %}
        {{- message.content if message.content is string \
else message.content | map(attribute='text') | select('defined') | join('\\n') }}
    {%- elif message.role == 'tool' %}
        {{- '<tool_response name="%s">' | format(message.name) }}
    {%- else %}{%- continue %}{%- endif %}
    {%- if loop.index > 100 %}{%- break %}{%- endif %}
{%- endfor %}""",
    "training": """\
{% for message in messages %}{{ '<|' + message.role + '|>\\n' }}
{% if message.role == 'assistant' %}{% generation %}{{ message.content + eos_token }}
{% endgeneration %}{% else %}{{ message.content }}{% endif %}{% endfor %}""",
    "tools": """\
{%- if tools is defined and tools | length > 0 %}
{{- '[TOOLS]' ~ (tools | map(attribute='function') | list | tojson(indent=2)) ~ '[/TOOLS]' }}
{%- endif %}
{%- for message in messages %}
    {%- set previous = messages[loop.index0 - 1] if loop.index0 > 0 else none %}
    {%- for call in message.tool_calls or [] %}
        {%- set arguments = call.function.arguments %}
        {%- for key in arguments.keys() | sort %}
            {{- key ~ '=' ~ (arguments[key] | string | upper) }}
        {%- endfor %}
    {%- endfor %}
    {%- if previous and previous.role != message.role %}{{ message.content }}{%- endif %}
{%- endfor %}""",
    "vision": """\
{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}
{% for message in messages %}{% if message['content'] is string %}{{ message['content'] }}
{% else %}{% for content in message['content'] %}
{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}
{% set image_count.value = image_count.value + 1 %}
{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|>
{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}{% endif %}{% endfor %}""",
    "alpaca": """\
{% for message in messages %}{% if message['role'] == 'user' %}{{ '### Instruction:\\n' + \
message['content'].strip() + '\\n\\n' }}{% elif message['role'] == 'assistant' %}\
{{ '### Response:\\n' + message['content'].strip() + eos_token }}{% endif %}{% endfor %}""",
    "vicuna": """\
{%- set ns = namespace(system='A chat between a curious user and an assistant. ') -%}
{%- for m in messages -%}{%- if loop.first and m.role == 'system' -%}
{%- set ns.system = m.content ~ ' ' -%}{%- endif -%}{%- endfor -%}
{{- ns.system -}}{%- for m in messages if m.role != 'system' -%}
{{- m.role | upper ~ ': ' ~ m.content | trim ~ ('</s>' if m.role == 'assistant' else ' ') -}}
{%- endfor -%}""",
    "jamba": """\
{%- macro greet(name) %}{{ 'Hello ' + name }}{% endmacro %}
{%- set comma = joiner(', ') %}{%- set row = cycler('odd', 'even') %}
{%- for message in messages recursive %}{{ comma() }}{{ row.next() }}
{{- message.content[:2000] ~ '…' if message.content | length > 2000 else message.content }}
{%- if message.replies %}{{ loop(message.replies) }}{% endif %}{%- endfor %}
{%- for i in range(messages | length) %}{{ i }}: {{ messages[i].role | title }}{% endfor %}
{%- call greet('you') %}{% endcall %}""",
    "quoted": """\
{#- Words that an attack also has, in what the model is told: __init__ and os.system. -#}
{%- for message in messages %}Write __init__ and class. {{ message.content }}{%- endfor %}
{%- set thinking_prompt = '<think>' if enable_thinking | default(true) else '' %}
{{- thinking_prompt }}{{ '👩\u200d💻 ▁ <0x0A> 你好' }}""",
    "whitespace": "   \n{{- '' -}}\n",
    "empty-loop": "{% for m in messages %}{% else %}{{ '<|nothing|>' }}{% endfor %}",
}
"""By the family that it has the shape of."""
