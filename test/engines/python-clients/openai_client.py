"""The official Python client of OpenAI, as an application uses it."""

import json
from typing import Any, Literal

import openai
from pydantic import BaseModel
from scenarios import BASE_URL, KEY, MESSAGES, MODEL, QUESTION, SETTINGS, TOOL, failing, failure_of, run

client = openai.OpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0)
asked: dict[str, Any] = {"model": MODEL, "messages": MESSAGES, **SETTINGS}


class Fee(BaseModel):
    kind: Literal["wire", "card"]


def with_key(key: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=BASE_URL, api_key=key, max_retries=0)


def seen_in(answer: Any) -> dict[str, Any]:
    [choice] = answer.choices
    return {
        "text": choice.message.content,
        "finish": choice.finish_reason,
        "usage": answer.usage.model_dump(exclude_none=True),
        "requestId": answer._request_id,
    }


class Pieces:
    """A streamed answer as far as it has come."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.finish: list[str] = []
        self.usage: list[dict[str, Any]] = []

    def add(self, chunk: Any) -> None:
        if chunk.usage:
            self.usage.append(chunk.usage.model_dump(exclude_none=True))
        for choice in chunk.choices:
            if choice.delta.content:
                self.texts.append(choice.delta.content)
            if choice.finish_reason:
                self.finish.append(choice.finish_reason)

    def seen(self) -> dict[str, Any]:
        return {
            "text": "".join(self.texts),
            "pieces": len(self.texts),
            "finish": self.finish,
            "usage": self.usage,
        }


streamed: dict[str, Any] = {**asked, "stream": True, "stream_options": {"include_usage": True}}


def version() -> str:
    return openai.__version__


def models() -> list[str]:
    return [model.id for model in client.models.list()]


def chat() -> Any:
    return seen_in(client.chat.completions.create(**asked))


def stream() -> Any:
    pieces = Pieces()
    for chunk in client.chat.completions.create(**streamed):
        pieces.add(chunk)
    return pieces.seen()


async def async_chat() -> Any:
    async with openai.AsyncOpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0) as other:
        return seen_in(await other.chat.completions.create(**asked))


async def async_stream() -> Any:
    pieces = Pieces()
    async with openai.AsyncOpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0) as other:
        async for chunk in await other.chat.completions.create(**streamed):
            pieces.add(chunk)
    return pieces.seen()


must_call: dict[str, Any] = {
    **asked,
    "tools": [TOOL],
    "tool_choice": "required",
    "parallel_tool_calls": False,
    "max_tokens": 400,
}


def call_in(completion: Any) -> dict[str, Any]:
    [choice] = completion.choices
    [call] = choice.message.tool_calls
    return {
        "name": call.function.name,
        "arguments": json.loads(call.function.arguments),
        "finish": choice.finish_reason,
    }


def tools() -> Any:
    return call_in(client.chat.completions.create(**must_call))


def stream_tools() -> Any:
    with client.chat.completions.stream(**must_call) as events:
        types = {event.type for event in events}
        return {**call_in(events.get_final_completion()), "events": sorted(types)}


def tool_result() -> Any:
    """The whole round: the call, its result, the answer."""
    message = client.chat.completions.create(**must_call).choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "NT$15"}
    messages = [*MESSAGES, message, result]
    return seen_in(client.chat.completions.create(**{**asked, "messages": messages, "tools": [TOOL]}))


def structured() -> Any:
    answer = client.chat.completions.parse(**{**asked, "max_tokens": 400}, response_format=Fee)
    return answer.choices[0].message.parsed.model_dump()


def stream_structured() -> Any:
    with client.chat.completions.stream(**{**asked, "max_tokens": 400}, response_format=Fee) as events:
        for _ in events:
            pass
        return events.get_final_completion().choices[0].message.parsed.model_dump()


def embeddings() -> Any:
    """Asked for without a format, which the client sends as base64, and as numbers: both are lists of floats then."""
    texts = ["a transfer", "a card"]
    packed = client.embeddings.create(model="vectors", input=texts)
    plain = client.embeddings.create(model="vectors", input=texts, encoding_format="float")
    return {
        "packed": [one.embedding for one in packed.data],
        "plain": [one.embedding for one in plain.data],
        "usage": packed.usage.model_dump(),
    }


asked_responses: dict[str, Any] = {
    "model": MODEL,
    "input": QUESTION,
    "temperature": 0,
    "max_output_tokens": 24,
}


def responses() -> Any:
    answer = client.responses.create(**asked_responses)
    return {"text": answer.output_text, "status": answer.status, "outputTokens": answer.usage.output_tokens}


def stream_responses() -> Any:
    events = list(client.responses.create(**asked_responses, stream=True))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    return {"text": text, "first": events[0].type, "last": events[-1].type}


def followed_responses() -> Any:
    """By the client's own accumulator, which knows no end but `response.completed`."""
    with client.responses.stream(**asked_responses) as events:
        return {"types": [event.type for event in events], "text": events.get_final_response().output_text}


def wrong_key() -> Any:
    return failing(lambda: with_key("la-wrong").chat.completions.create(**asked))


def unknown_model() -> Any:
    return failing(lambda: client.chat.completions.create(**{**asked, "model": "gpt-9"}))


def wrong_field() -> Any:
    return failing(lambda: client.chat.completions.create(**{**asked, "temperature": -1}))


def rate_limit() -> Any:
    """The second request of a key that may make one a minute."""
    limited = with_key("la-limited")
    limited.chat.completions.create(**asked)
    return failing(lambda: limited.chat.completions.create(**asked))


def upstream_down() -> Any:
    return failing(lambda: client.chat.completions.create(**{**asked, "model": "down"}))


def broken_stream() -> Any:
    pieces = Pieces()
    try:
        for chunk in client.chat.completions.create(**{**streamed, "model": "breaks"}):
            pieces.add(chunk)
    except Exception as error:
        return {**pieces.seen(), **failure_of(error)}
    return pieces.seen()


async def async_broken_stream() -> Any:
    pieces = Pieces()
    async with openai.AsyncOpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0) as other:
        try:
            async for chunk in await other.chat.completions.create(**{**streamed, "model": "breaks"}):
                pieces.add(chunk)
        except Exception as error:
            return {**pieces.seen(), **failure_of(error)}
    return pieces.seen()


run(
    *(version, models, chat, stream, async_chat, async_stream),
    *(tools, stream_tools, tool_result, structured, stream_structured),
    *(embeddings, responses, stream_responses, followed_responses),
    *(wrong_key, unknown_model, wrong_field, rate_limit, upstream_down, broken_stream, async_broken_stream),
)
