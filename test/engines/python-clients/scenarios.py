"""Runs scenarios of a client and prints what they saw as one JSON object.

Usage: CLIENT.py '{"url": ..., "key": ..., "model": ..., "scenarios": [...]}'
A scenario is a function without arguments whose result is what it saw. What is right is not decided here.
"""

import asyncio
import inspect
import json
import sys
from typing import Any, Callable

options: dict[str, Any] = json.loads(sys.argv[1])
MODEL: str = options["model"]
BASE_URL: str = options["url"] + "/v1"
KEY: str = options["key"]

QUESTION = "What does a transfer to another bank cost?"
MESSAGES = [{"role": "user", "content": QUESTION}]
# Greedy, so that the same question is answered the same.
SETTINGS = {"temperature": 0, "max_tokens": options.get("max_tokens", 24)}
TOOL = {
    "type": "function",
    "function": {
        "name": "get_fee",
        "description": "The fee of a kind of payment.",
        "strict": True,  # vLLM holds to the schema of a tool only then
        "parameters": {
            "type": "object",
            "properties": {"kind": {"type": "string", "enum": ["wire", "card"]}},
            "required": ["kind"],
            "additionalProperties": False,
        },
    },
}


def failure_of(error: Exception) -> dict[str, Any]:
    """What an application can tell an error of the client by."""
    response = getattr(error, "response", None)
    return {
        "raised": [one.__name__ for one in type(error).__mro__ if issubclass(one, Exception)],
        "status": getattr(error, "status_code", None),
        "code": getattr(error, "code", None),
        "param": getattr(error, "param", None),
        "message": str(error),
        "retryAfter": response.headers.get("retry-after") if response is not None else None,
    }


def failing(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"answered": str(call())}
    except Exception as error:
        return failure_of(error)


def run(*scenarios: Callable[[], Any]) -> None:
    """Runs those that were asked for, by the names of their functions."""
    known = {scenario.__name__: scenario for scenario in scenarios}
    loop = asyncio.new_event_loop()  # one for all: clients keep connections that belong to it
    seen = {}
    for name in options["scenarios"]:
        scenario = known[name]
        try:
            seen[name] = loop.run_until_complete(scenario()) if inspect.iscoroutinefunction(scenario) else scenario()
        except Exception as error:
            seen[name] = {"unexpected": failure_of(error)}
    print(json.dumps(seen))
