"""Reads the REST operations out of the official Python SDK and writes them as JSON.

    python3 generate.py <databricks_sdk wheel> <operations out> <types out>

The SDK's service modules are generated from the platform's API description, so every method names its HTTP
method, path, parameters and the dataclasses of request and response. Only the syntax tree is read: nothing of
the SDK is imported or run, and no text of it is kept beyond these names.
"""

import ast
import json
import re
import sys
import zipfile

PACKAGE = "databricks/sdk/service/"


def snake(name: str) -> str:
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


class Module:
    """One service module: its dataclasses, enums and API classes."""

    def __init__(self, service: str, tree: ast.Module):
        self.service = service
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        self.api_classes = [node for node in classes if node.name.endswith("API")]
        self.names = {node.name for node in classes}
        self.types = {}
        for node in classes:
            if node in self.api_classes:
                continue
            shape = enum_values(node) if is_enum(node) else self.fields(node)
            if shape is not None:
                self.types[f"{service}.{node.name}"] = shape

    def fields(self, node: ast.ClassDef):
        """Wire name to type, from the annotations and `from_dict`. `?` marks an optional field."""
        annotations = {
            item.target.id: item.annotation
            for item in node.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        }
        wire = wire_names(node)
        if wire is None:
            return None
        return {wire.get(name, name): self.type_text(annotation) for name, annotation in annotations.items()}

    def type_text(self, node) -> str:
        if node is None:
            return "any"
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                return self.type_text(ast.parse(node.value, mode="eval").body)
            return "none"
        if isinstance(node, ast.Name):
            return f"{self.service}.{node.id}" if node.id in self.names else node.id
        if isinstance(node, ast.Attribute):
            return ast.unparse(node)
        if isinstance(node, ast.Subscript):
            outer = ast.unparse(node.value)
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            texts = [self.type_text(part) for part in inner]
            if outer == "Optional":
                return texts[0] if texts[0].endswith("?") else texts[0] + "?"
            if outer in ("List", "list", "Iterator", "Iterable"):
                return texts[0].rstrip("?") + "[]"
            if outer in ("Dict", "dict"):
                return f"map<{texts[-1]}>"
            if outer == "Wait":
                return texts[0]
            return f"{outer}<{','.join(texts)}>"
        return ast.unparse(node)

    def operations(self):
        for api in self.api_classes:
            name = snake(api.name[: -len("API")])
            for method in api.body:
                if isinstance(method, ast.FunctionDef):
                    yield from self.operation(name, method)

    def operation(self, api: str, method: ast.FunctionDef):
        for call in ast.walk(method):
            if is_do(call):
                verb, path = request_line(call)
                if path is None:
                    print(f"{self.service}.{api}.{method.name}: path is not a literal", file=sys.stderr)
                    continue
                operation = {"id": f"{api}.{method.name}", "method": verb, "path": path, "service": self.service}
                resource = resource_name(method, path)
                if resource:
                    operation["resource"] = resource
                operation.update(self.request(method))
                response = self.response(method)
                if response:
                    operation["response"] = response
                yield operation
                return

    def request(self, method: ast.FunctionDef):
        """`query` and `body` by wire name; a body given whole is the name of its type."""
        arguments = {arg.arg: self.type_text(arg.annotation) for arg in [*method.args.args, *method.args.kwonlyargs]}
        parts = {"query": {}, "body": {}}
        whole = None
        for node in ast.walk(method):
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            target = node.targets[0]
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                part, key = parts.get(target.value.id), target.slice
                if part is not None and isinstance(key, ast.Constant):
                    part.setdefault(key.value, argument_type(node.value, arguments))
            elif isinstance(target, ast.Name) and target.id == "body" and not isinstance(node.value, ast.Dict):
                whole = argument_type(node.value, arguments)
        found = {}
        if parts["query"]:
            found["query"] = parts["query"]
        if whole or parts["body"]:
            found["body"] = whole or parts["body"]
        return found

    def response(self, method: ast.FunctionDef):
        """Name of the response type, or the fields that a paging method reads."""
        fields = {}
        for node in ast.walk(method):
            if isinstance(node, ast.For) and is_json_field(node.iter):
                fields[node.iter.slice.value] = from_dict_type(node, self) + "[]"
            if is_json_field(node) and "page_token" in node.slice.value:
                fields[node.slice.value] = "str"
        if fields:
            return fields
        text = self.type_text(method.returns) if method.returns else "none"
        if text.startswith(("BinaryIO", "none")):
            return None
        return text


def is_enum(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Enum" for base in node.bases)


def enum_values(node: ast.ClassDef):
    return [
        item.value.value for item in node.body if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant)
    ]


def wire_names(node: ast.ClassDef):
    """Attribute to wire name, from the keywords of `cls(...)` in `from_dict`; None when there is no `from_dict`."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "from_dict":
            names = {}
            for call in ast.walk(item):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "cls":
                    for keyword in call.keywords:
                        texts = [
                            part.value
                            for part in ast.walk(keyword.value)
                            if isinstance(part, ast.Constant) and isinstance(part.value, str)
                        ]
                        if keyword.arg and texts:
                            names[keyword.arg] = texts[0]
            return names
    return None


def is_do(node) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "self._api.do"


def request_line(call: ast.Call):
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    verb = call.args[0] if call.args else named["method"]
    path = call.args[1] if len(call.args) > 1 else named.get("path")
    return ast.literal_eval(verb), path_template(path)


def path_template(node):
    if isinstance(node, ast.Constant):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(part.value if isinstance(part, ast.Constant) else "{" + segment(part.value) + "}" for part in node.values)


def segment(node) -> str:
    """`{name*}` takes the rest of the path: the SDK escapes such a parameter segment by segment."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.args[0]) + "*"
    if isinstance(node, ast.Attribute):
        return segment(node.value) if node.attr == "value" else node.attr
    return ast.unparse(node)


def resource_name(method: ast.FunctionDef, path: str):
    """Form of a `{name}` or `{parent}` that is several segments long, as the parameter's description gives it."""
    if not re.search(r"\{(name|parent)\}", path):
        return None
    parameter = re.search(r"\{(name|parent)\}", path).group(1)
    text = ast.get_docstring(method) or ""
    described = re.search(rf":param {parameter}:(.*?)(?=\n:param|\n:returns|\Z)", text, re.S)
    form = described and re.search(r"\b[a-z][a-z-]*(?:/(?:\{[\w.{}]+\}|[a-z][a-z-]*))+", described.group(1))
    return re.sub(r"\{\w+\}(?:\.\{\w+\})*", "{}", form.group(0)) if form else None


def before_parameter(path: str) -> str:
    return path.split("{")[0]


def argument_type(value, arguments) -> str:
    for node in ast.walk(value):
        if isinstance(node, ast.Name) and node.id in arguments:
            return arguments[node.id]
    return "any"


def is_json_field(node) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "json"
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    )


def from_dict_type(node, module: Module) -> str:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr == "from_dict":
            return module.type_text(part.value)
    return "any"


def preference(operation) -> tuple:
    """Which of several names of one method and path is the operation; the others are its aliases."""
    return (bool(re.search(r"legacy|preview|^account", operation["id"])),)


def merge(found):
    """One method and path, whatever its parameters are called, is one operation."""
    groups = {}
    for operation in found:
        key = (operation["method"], re.sub(r"\{[^}]*?(\*?)\}", r"{\1}", operation["path"]))
        groups.setdefault(key, []).append(operation)
    long_names = {before_parameter(operation["path"]) for operation in found if "resource" in operation}
    merged = []
    for group in groups.values():
        first, *others = sorted(group, key=preference)
        aliases = sorted({other["id"] for other in others} - {first["id"]})
        resources = {one["resource"]: one["id"] for one in reversed([first, *others]) if "resource" in one}
        if not resources and re.search(r"\{(name|parent)\}", first["path"]) and before_parameter(first["path"]) in long_names:
            resources = {"**": first["id"]}
        one = {key: value for key, value in first.items() if key != "resource"}
        one.update({"aliases": aliases} if aliases else {})
        one.update({"resources": resources} if resources else {})
        merged.append(one)
    return sorted(merged, key=lambda operation: operation["id"])


def lines(items) -> str:
    return ",\n".join(json.dumps(item, separators=(",", ":"), ensure_ascii=False) for item in items)


def main(wheel: str, operations_out: str, types_out: str) -> None:
    found, types = [], {}
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            service = name[len(PACKAGE) : -len(".py")]
            if not name.startswith(PACKAGE) or not name.endswith(".py") or service.startswith("_"):
                continue
            module = Module(service, ast.parse(archive.read(name)))
            types.update(module.types)
            found.extend(module.operations())
    with open(operations_out, "w", encoding="utf-8") as out:
        out.write("[\n" + lines(merge(found)) + "\n]\n")
    with open(types_out, "w", encoding="utf-8") as out:
        entries = (f"{json.dumps(name)}:{lines([types[name]])}" for name in sorted(types))
        out.write("{\n" + ",\n".join(entries) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
