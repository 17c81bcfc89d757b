"""Checks a document against a JSON Schema: with Python's jsonschema where it is there, and with what
of it is written here, for the words that our schema uses; both must agree."""

import re

try:
    import jsonschema
except ImportError:
    jsonschema = None

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "enum", "const", "anyOf", "properties", "required",
         "additionalProperties", "dependentRequired", "items", "minItems", "pattern", "minimum"}


def is_of(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def faults_of_object(value, schema, root, where):
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield "%s: no %s" % (where, name)
    for name, others in schema.get("dependentRequired", {}).items():
        for other in others:
            if name in value and other not in value:
                yield "%s: %s without %s" % (where, name, other)
    for name, member in value.items():
        if name in properties:
            yield from faults(member, properties[name], root, where + "." + name)
        elif schema.get("additionalProperties", True) is False:
            yield "%s: unknown member %s" % (where, name)


def faults_of_array(value, schema, root, where):
    if len(value) < schema.get("minItems", 0):
        yield where + ": too few items"
    for number, item in enumerate(value):
        yield from faults(item, schema.get("items", {}), root, "%s[%d]" % (where, number))


def faults(value, schema, root, where="it"):
    """Yields what is wrong with the value, a line each."""
    if set(schema) - KNOWN:
        raise ValueError("the checker doesn't know " + ", ".join(set(schema) - KNOWN))
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, where)
    names = schema.get("type", list(TYPES))
    if not any(is_of(value, name) for name in ([names] if isinstance(names, str) else names)):
        yield "%s: %r is no %s" % (where, value, names)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield "%s: %r is none of %s" % (where, value, schema["enum"])
    if "const" in schema and value != schema["const"]:
        yield "%s: %r is not %r" % (where, value, schema["const"])
    if "anyOf" in schema and all(list(faults(value, one, root, where)) for one in schema["anyOf"]):
        yield where + ": is none of what it may be"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield "%s: %r doesn't match %s" % (where, value, schema["pattern"])
    if is_of(value, "integer") and value < schema.get("minimum", value):
        yield "%s: %r is too small" % (where, value)
    if isinstance(value, dict):
        yield from faults_of_object(value, schema, root, where)
    if isinstance(value, list):
        yield from faults_of_array(value, schema, root, where)


def check(value, schema):
    """The first thing that is wrong, or None."""
    own = next(faults(value, schema, schema), None)
    if jsonschema:
        other = next(jsonschema.Draft202012Validator(schema).iter_errors(value), None)
        if (own is None) != (other is None):
            return "the two checkers disagree: %s; %s" % (own, other and other.message)
    return own
