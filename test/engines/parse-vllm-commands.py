"""Reads commands on standard input, a JSON list of words per line, and has vLLM's own parser read each.

Writes one JSON document: per command null, or what the parser said; and the names of the parsers of tool calls and of
reasoning that this vLLM has. It starts nothing.
"""

import contextlib
import io
import json
import sys

from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.reasoning import ReasoningParserManager
from vllm.tool_parsers import ToolParserManager
from vllm.utils.argparse_utils import FlexibleArgumentParser

parser = make_arg_parser(FlexibleArgumentParser())


def refusal_of(words):
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            validate_parsed_serve_args(parser.parse_args(words))
    except SystemExit:
        return said.getvalue()
    except (TypeError, ValueError) as error:
        return str(error)
    return None


print(
    json.dumps(
        {
            "refusals": [refusal_of(json.loads(line)) for line in sys.stdin],
            "toolParsers": ToolParserManager.list_registered(),
            "reasoningParsers": ReasoningParserManager.list_registered(),
        }
    )
)
