"""LangChain's client for OpenAI-compatible servers, as an application uses it."""

from importlib.metadata import version as version_of
from typing import Any, Literal

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel
from scenarios import BASE_URL, KEY, MODEL, QUESTION, SETTINGS, failing, failure_of, run


def model_with(**changes: Any) -> ChatOpenAI:
    settings = {"model": MODEL, "api_key": KEY, "base_url": BASE_URL, "max_retries": 0, **SETTINGS}
    return ChatOpenAI(**{**settings, **changes})


class Fee(BaseModel):
    """A kind of fee."""

    kind: Literal["wire", "card"]


@tool
def get_fee(kind: Literal["wire", "card"]) -> str:
    """The fee of a kind of payment."""
    return f"NT$15 by {kind}"


def seen_in(message: Any) -> dict[str, Any]:
    return {
        "text": message.text,
        "finish": message.response_metadata.get("finish_reason"),
        "usage": message.usage_metadata,
    }


def version() -> str:
    return version_of("langchain-openai")


def invoke() -> Any:
    return seen_in(model_with().invoke(QUESTION))


def stream() -> Any:
    pieces = list(model_with(stream_usage=True).stream(QUESTION))
    whole = pieces[0]
    for piece in pieces[1:]:
        whole += piece
    return {**seen_in(whole), "pieces": sum(1 for piece in pieces if piece.text)}


async def ainvoke() -> Any:
    return seen_in(await model_with().ainvoke(QUESTION))


async def astream() -> Any:
    return "".join([piece.text async for piece in model_with().astream(QUESTION)])


def batch() -> Any:
    return [message.text for message in model_with().batch([QUESTION, QUESTION])]


def must_call() -> Any:
    # vLLM holds to the schema of a tool only where it is strict.
    alone = {"strict": True, "parallel_tool_calls": False}
    return model_with(max_tokens=400).bind_tools([get_fee], tool_choice="any", **alone)


def calls_in(message: Any) -> list[dict[str, Any]]:
    return [{"name": call["name"], "args": call["args"]} for call in message.tool_calls]


def bind_tools() -> Any:
    message = must_call().invoke(QUESTION)
    return {"calls": calls_in(message), "invalid": message.invalid_tool_calls}


def stream_bind_tools() -> Any:
    pieces = list(must_call().stream(QUESTION))
    whole = pieces[0]
    for piece in pieces[1:]:
        whole += piece
    return {"calls": calls_in(whole), "invalid": whole.invalid_tool_calls}


def tool_result() -> Any:
    """The whole round: the call, the tool that LangChain runs, the answer."""
    question = HumanMessage(QUESTION)
    message = must_call().invoke([question])
    result: ToolMessage = get_fee.invoke(message.tool_calls[0])
    return seen_in(model_with().bind_tools([get_fee]).invoke([question, message, result]))


def structured() -> Any:
    return model_with(max_tokens=400).with_structured_output(Fee, method="json_schema").invoke(QUESTION).model_dump()


def structured_by_call() -> Any:
    by_call = model_with(max_tokens=400).with_structured_output(Fee, method="function_calling", strict=True)
    return by_call.invoke(QUESTION).model_dump()


def embeddings() -> Any:
    """Texts as texts: without the flag the client sends ids of OpenAI's own tokenizer."""
    embedder = OpenAIEmbeddings(
        model="vectors", api_key=KEY, base_url=BASE_URL, max_retries=0, check_embedding_ctx_length=False
    )
    return {"query": embedder.embed_query("a transfer"), "documents": embedder.embed_documents(["a transfer", "a card"])}


def responses() -> Any:
    return model_with(use_responses_api=True).invoke(QUESTION).text


def stream_responses() -> Any:
    return "".join(piece.text for piece in model_with(use_responses_api=True).stream(QUESTION))


def wrong_key() -> Any:
    return failing(lambda: model_with(api_key="la-wrong").invoke(QUESTION))


def unknown_model() -> Any:
    return failing(lambda: model_with(model="gpt-9").invoke(QUESTION))


def wrong_field() -> Any:
    return failing(lambda: model_with(temperature=-1).invoke(QUESTION))


def rate_limit() -> Any:
    """The second request of a key that may make one a minute."""
    model_with(api_key="la-limited").invoke(QUESTION)
    return failing(lambda: model_with(api_key="la-limited").invoke(QUESTION))


def upstream_down() -> Any:
    return failing(lambda: model_with(model="down").invoke(QUESTION))


def broken_stream() -> Any:
    text = ""
    try:
        for piece in model_with(model="breaks").stream(QUESTION):
            text += piece.text
    except Exception as error:
        return {"text": text, **failure_of(error)}
    return {"text": text}


run(
    *(version, invoke, stream, ainvoke, astream, batch),
    *(bind_tools, stream_bind_tools, tool_result, structured, structured_by_call),
    *(embeddings, responses, stream_responses),
    *(wrong_key, unknown_model, wrong_field, rate_limit, upstream_down, broken_stream),
)
