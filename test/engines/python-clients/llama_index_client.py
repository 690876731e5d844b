"""LlamaIndex's client for OpenAI-compatible servers, as an application uses it."""

from importlib.metadata import version as version_of
from typing import Any, Literal

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel
from scenarios import BASE_URL, KEY, MODEL, QUESTION, SETTINGS, failing, failure_of, run

MESSAGES = [ChatMessage(role=MessageRole.USER, content=QUESTION)]


def model_with(**changes: Any) -> OpenAILike:
    settings: dict[str, Any] = {
        "model": MODEL,
        "api_key": KEY,
        "api_base": BASE_URL,
        "is_chat_model": True,
        "is_function_calling_model": True,
        "strict": True,  # vLLM holds to the schema of a tool only then
        "max_retries": 0,
        **SETTINGS,
    }
    return OpenAILike(**{**settings, **changes})


class Fee(BaseModel):
    """A kind of fee."""

    kind: Literal["wire", "card"]


def get_fee(kind: Literal["wire", "card"]) -> str:
    """The fee of a kind of payment."""
    return f"NT$15 by {kind}"


FEE_TOOL = FunctionTool.from_defaults(get_fee)


def version() -> str:
    return version_of("llama-index-llms-openai-like")


def complete() -> Any:
    return model_with().complete(QUESTION).text


def stream_complete() -> Any:
    return "".join(piece.delta or "" for piece in model_with().stream_complete(QUESTION))


def raw_text() -> Any:
    """A model that is no chat model goes on writing a text, by the older endpoint."""
    model = model_with(is_chat_model=False, is_function_calling_model=False)
    pieces = [piece.delta or "" for piece in model.stream_complete(QUESTION)]
    return {"text": model.complete(QUESTION).text, "streamed": "".join(pieces)}


def chat() -> Any:
    answer = model_with().chat(MESSAGES)
    return {"text": answer.message.content, "usage": answer.raw.usage.model_dump(exclude_none=True)}


def stream_chat() -> Any:
    pieces = list(model_with(additional_kwargs={"stream_options": {"include_usage": True}}).stream_chat(MESSAGES))
    usages = [piece.raw.usage for piece in pieces if piece.raw.usage]
    return {
        "text": pieces[-1].message.content,
        "deltas": "".join(piece.delta or "" for piece in pieces),
        "usage": [usage.model_dump(exclude_none=True) for usage in usages],
    }


async def achat() -> Any:
    return (await model_with().achat(MESSAGES)).message.content


async def astream_chat() -> Any:
    return "".join([piece.delta or "" async for piece in await model_with().astream_chat(MESSAGES)])


def chat_with_tools() -> Any:
    model = model_with(max_tokens=400)
    answer = model.chat_with_tools([FEE_TOOL], user_msg=QUESTION, tool_required=True)
    calls = model.get_tool_calls_from_response(answer)
    return [{"name": call.tool_name, "arguments": call.tool_kwargs} for call in calls]


def stream_chat_with_tools() -> Any:
    model = model_with(max_tokens=400)
    answers = list(model.stream_chat_with_tools([FEE_TOOL], user_msg=QUESTION, tool_required=True))
    calls = model.get_tool_calls_from_response(answers[-1])
    return [{"name": call.tool_name, "arguments": call.tool_kwargs} for call in calls]


def predict_and_call() -> Any:
    """LlamaIndex asks, runs the tool that is called and gives back what it said."""
    return str(model_with(max_tokens=400).predict_and_call([FEE_TOOL], user_msg=QUESTION, tool_required=True))


def tool_result() -> Any:
    """The whole round: the call, its result, the answer."""
    model = model_with(max_tokens=400)
    call = model.chat_with_tools([FEE_TOOL], user_msg=QUESTION, tool_required=True)
    [selected] = model.get_tool_calls_from_response(call)
    result = ChatMessage(
        role=MessageRole.TOOL,
        content=str(get_fee(**selected.tool_kwargs)),
        additional_kwargs={"tool_call_id": selected.tool_id},
    )
    return model.chat_with_tools([FEE_TOOL], chat_history=[*MESSAGES, call.message, result]).message.content


def structured() -> Any:
    model = model_with(max_tokens=400, should_use_structured_outputs=True)
    return model.as_structured_llm(Fee).chat(MESSAGES).raw.model_dump()


def structured_by_call() -> Any:
    return model_with(max_tokens=400).as_structured_llm(Fee).chat(MESSAGES).raw.model_dump()


def wrong_key() -> Any:
    return failing(lambda: model_with(api_key="la-wrong").chat(MESSAGES))


def unknown_model() -> Any:
    return failing(lambda: model_with(model="gpt-9").chat(MESSAGES))


def wrong_field() -> Any:
    return failing(lambda: model_with(additional_kwargs={"presence_penalty": 9}).chat(MESSAGES))


def rate_limit() -> Any:
    """The second request of a key that may make one a minute."""
    limited = model_with(api_key="la-limited")
    limited.chat(MESSAGES)
    return failing(lambda: limited.chat(MESSAGES))


def upstream_down() -> Any:
    return failing(lambda: model_with(model="down").chat(MESSAGES))


def broken_stream() -> Any:
    text = ""
    try:
        for piece in model_with(model="breaks").stream_chat(MESSAGES):
            text += piece.delta or ""
    except Exception as error:
        return {"text": text, **failure_of(error)}
    return {"text": text}


run(
    *(version, complete, stream_complete, raw_text, chat, stream_chat, achat, astream_chat),
    *(chat_with_tools, stream_chat_with_tools, predict_and_call, tool_result, structured, structured_by_call),
    *(wrong_key, unknown_model, wrong_field, rate_limit, upstream_down, broken_stream),
)
