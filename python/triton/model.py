"""A language model in Hugging Face's layout, served by the Python backend of Triton Inference Server.

Inputs and outputs are those of Triton's vLLM backend, so that whoever speaks to the one speaks to the other. One
request after the other, on one device: for small models and machines without vLLM. Knows nothing of chat: a prompt
comes in as text, and the tokenizer adds what the model wants before it.
"""

import json

import numpy as np
import torch
import triton_python_backend_utils as pb_utils
from transformers import AutoModelForCausalLM, AutoTokenizer

DEFAULT_MAX_TOKENS = 16
KNOWN = {"max_tokens", "temperature", "top_p", "top_k", "seed", "stop"}


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        folder = config["parameters"]["weights"]["string_value"]
        self.device = "cuda" if args["model_instance_kind"] == "GPU" else "cpu"
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        dtype = torch.float32 if self.device == "cpu" else "auto"
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).to(self.device).eval()
        self.context = self.model.config.max_position_embeddings
        eos = self.model.generation_config.eos_token_id
        self.ends = set(eos if isinstance(eos, list) else [eos])

    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            try:
                self.answer(request, sender)
            except Exception as error:  # Whatever goes wrong with one request is that request's answer.
                failure = pb_utils.InferenceResponse(error=pb_utils.TritonError(str(error)))
                sender.send(failure, flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)

    def answer(self, request, sender):
        settings = json.loads(text_of(request, "sampling_parameters") or "{}")
        unknown = sorted(set(settings) - KNOWN)
        if unknown:
            raise ValueError(f"this model does not know {', '.join(unknown)}; it knows {', '.join(sorted(KNOWN))}")
        prompt = text_of(request, "text_input")
        ids = self.tokenizer(prompt)["input_ids"]
        if len(ids) >= self.context:
            raise ValueError(f"the prompt has {len(ids)} tokens and the model's context is {self.context}")
        limit = min(settings.get("max_tokens") or DEFAULT_MAX_TOKENS, self.context - len(ids))
        stops = [settings["stop"]] if isinstance(settings.get("stop"), str) else settings.get("stop") or []

        streams = flag_of(request, "stream")
        whole = "" if flag_of(request, "exclude_input_in_output") else prompt
        unsent = 0
        text = Text(self.tokenizer, stops)
        finish = "length"
        for token in self.tokens(ids, limit, settings):
            if sender.is_cancelled():
                break
            unsent += 1
            if token in self.ends:
                finish = "stop"
                break
            whole += text.add(token)
            if text.is_stopped:
                finish = "stop"
                break
            if streams and whole != "":
                sender.send(response(whole, "None", len(ids), unsent))
                whole, unsent = "", 0
        whole += text.rest()
        last = response(whole, finish, len(ids), unsent)
        sender.send(last, flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)

    @torch.inference_mode()
    def tokens(self, ids, limit, settings):
        """Yields one token after the other; greedy at temperature 0."""
        generator = torch.Generator(self.device)
        if settings.get("seed") is not None:
            generator.manual_seed(settings["seed"])
        else:
            generator.seed()
        step, cache = torch.tensor([ids], device=self.device), None
        for _ in range(limit):
            output = self.model(step, past_key_values=cache, use_cache=True)
            cache = output.past_key_values
            token = choose(output.logits[0, -1].float(), settings, generator)
            yield token
            step = torch.tensor([[token]], device=self.device)


def choose(logits, settings, generator):
    temperature = settings.get("temperature", 1.0)
    if temperature == 0:
        return int(logits.argmax())
    ranked, order = (logits / temperature).sort(descending=True)
    if (settings.get("top_k") or 0) > 0:
        ranked, order = ranked[: settings["top_k"]], order[: settings["top_k"]]
    share = ranked.softmax(0)
    # The smallest set of tokens whose share reaches top_p; the likeliest is always in it.
    outside = share.cumsum(0) - share >= settings.get("top_p", 1.0)
    outside[0] = False
    share[outside] = 0
    return int(order[torch.multinomial(share, 1, generator=generator)])


class Text:
    """Tokens as text: only whole characters, and nothing that may turn out to be a stop word."""

    def __init__(self, tokenizer, stops):
        self.tokenizer, self.stops = tokenizer, stops
        self.ids, self.start, self.read = [], 0, 0
        self.held = ""
        self.is_stopped = False

    def add(self, token):
        self.ids.append(token)
        new = self.decoded()
        return "" if new.endswith("\ufffd") else self.take(new)

    def rest(self):
        """What was held back, at the end of the answer."""
        if self.is_stopped:
            return ""
        text = self.take(self.decoded())
        return text if self.is_stopped else text + self.held

    def decoded(self):
        """Decoded together with the piece before, since some tokenizers drop a leading space otherwise."""
        decode = lambda ids: self.tokenizer.decode(ids, skip_special_tokens=True)  # noqa: E731
        return decode(self.ids[self.start :])[len(decode(self.ids[self.start : self.read])) :]

    def take(self, new):
        self.start, self.read = self.read, len(self.ids)
        text = self.held + new
        found = [text.index(stop) for stop in self.stops if stop in text]
        if found:
            self.is_stopped = True
            return text[: min(found)]
        kept = max((overlap(text, stop) for stop in self.stops), default=0)
        self.held = text[len(text) - kept :]
        return text[: len(text) - kept]


def overlap(text, stop):
    """How long an end of the text is a beginning of the stop word."""
    return max((n for n in range(1, min(len(text), len(stop)) + 1) if text.endswith(stop[:n])), default=0)


def response(text, finish, input_tokens, output_tokens):
    return pb_utils.InferenceResponse(
        [
            pb_utils.Tensor("text_output", np.array([text.encode("utf-8")], dtype=np.object_)),
            pb_utils.Tensor("finish_reason", np.array([finish.encode("utf-8")], dtype=np.object_)),
            pb_utils.Tensor("num_input_tokens", np.array([input_tokens], dtype=np.uint32)),
            pb_utils.Tensor("num_output_tokens", np.array([output_tokens], dtype=np.uint32)),
        ]
    )


def text_of(request, name):
    tensor = pb_utils.get_input_tensor_by_name(request, name)
    return None if tensor is None else tensor.as_numpy().reshape(-1)[0].decode("utf-8")


def flag_of(request, name):
    tensor = pb_utils.get_input_tensor_by_name(request, name)
    return tensor is not None and bool(tensor.as_numpy().reshape(-1)[0])
