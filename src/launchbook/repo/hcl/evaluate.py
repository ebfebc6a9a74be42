"""Values of HCL expressions as far as files decide them. What they don't decide is Unread, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from launchbook.model import Ref, Unread, Value
from launchbook.repo.hcl.either import Perhaps, either, entries, perhaps
from launchbook.repo.hcl.functions import (
    AS_GIVEN,
    DECODED,
    FUNCTIONS,
    LONGEST,
    STRUCTURAL,
    as_text,
    up_to_the_first,
)
from launchbook.repo.hcl.jsontext import json_structure
from launchbook.repo.hcl.scope import Scope, arn_parts, partial, pointers, stepped
from launchbook.repo.hcl.syntax import (
    IT,
    Call,
    Conditional,
    Expression,
    For,
    Get,
    Index,
    ListOf,
    Literal,
    Name,
    ObjectOf,
    Opaque,
    Operation,
    Splat,
    Template,
)
from launchbook.repo.lined import Unreadable

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
#: Functions to which it matters how many entries a map has.
_COUNTED = frozenset({"keys", "values", "length"})
_UNREAD_LIMIT = Unread("the configuration is too large to evaluate")


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression; Unread where files do not decide it. Never raises on bad input."""
    if not scope.budget.spend():
        return _UNREAD_LIMIT
    try:
        return _evaluate(expression, scope)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        ArithmeticError,
        StopIteration,
        AttributeError,
        Unreadable,
    ) as error:
        return Unread(f"it cannot be evaluated ({type(error).__name__})")
    except RecursionError:
        return _UNREAD_LIMIT


def _evaluate(expression: Expression, scope: Scope) -> Value:
    match expression:
        case Literal(value):
            return value
        case Template(parts):
            return _template(parts, scope)
        case Name() | Get() | Index():
            return _reference(expression, scope)
        case Call(name, args, spread):
            return _called(name, args, spread, scope)
        case Conditional(test, yes, no):
            return _chosen(test, yes, no, scope)
        case Operation(operator, operands):
            return _operated(operator, operands, scope)
        case ListOf(items):
            return [evaluate(item, scope) for item in items]
        case ObjectOf():
            return _object(expression, scope)
        case For():
            return _looped(expression, scope)
        case Splat(base, each):
            return _splat(base, each, scope)
        case Opaque(reason):
            return Unread(reason)


def _template(parts: tuple[Expression, ...], scope: Scope) -> Value:
    if len(parts) == 1:
        return evaluate(parts[0], scope)
    values = [evaluate(part, scope) for part in parts]
    refs = tuple(pointer for value in values for pointer in pointers(value))
    if any(isinstance(value, Unread | Ref) for value in values):
        structure = json_structure(values)
        if structure is not None:
            return structure
    for value in (values := arn_parts(values)):
        if isinstance(value, Unread):
            return Unread(value.reason, refs=refs)
        if isinstance(value, Ref):
            return Unread(f"made of {value.to.rpartition('#')[2]}.{value.attribute}", refs=refs)
    text = "".join(as_text(value) for value in values)
    return text if len(text) <= LONGEST else _UNREAD_LIMIT


def _reference(expression: Expression, scope: Scope) -> Value:
    """Resolve as much of ``a.b["c"].d`` as the scope knows, then step into the value."""
    steps: list[str | int] = []
    here = expression
    while not isinstance(here, Name):
        if isinstance(here, Get):
            steps.append(here.name)
            here = here.base
        elif isinstance(here, Index):
            key = evaluate(here.key, scope)
            if isinstance(key, Unread | Ref):
                return Unread("its index is not known", refs=tuple(pointers(key)))
            steps.append(key if isinstance(key, int) else str(key))
            here = here.base
        else:
            return stepped(evaluate(here, scope), steps[::-1])
    steps.reverse()
    if here.name in scope.bound:
        return stepped(scope.bound[here.name], steps)
    return scope.resolve((here.name, *map(str, steps)), scope)


def _called(name: str, args: tuple[Expression, ...], spread: bool, scope: Scope) -> Value:
    if name in ("try", "can"):
        return _tried(name, args, scope)
    values = [evaluate(arg, scope) for arg in args]
    if spread and values and isinstance(values[-1], list):
        values = [*values[:-1], *values[-1]]
    if name in AS_GIVEN or (name in DECODED and values and isinstance(values[0], dict | list)):
        return values[0] if values else Unread(f"{name} has no argument")
    if name == "merge":
        values = [entries(value) for value in values]
    elif name in _COUNTED and (unknown := next(filter(None, map(perhaps, values)), None)) is not None:
        return Unread(unknown.reason)
    if name == "coalesce":
        values = up_to_the_first(values)
    if name not in FUNCTIONS:
        return scope.call(name, values, scope)
    for value in values:
        if isinstance(value, Unread | Ref):
            return Unread(
                f"{name}() of what is not known here", refs=tuple(p for v in values for p in pointers(v))
            )
    if name not in STRUCTURAL and any(partial(value) for value in values):
        return Unread(
            f"{name}() of what is not known here", refs=tuple(p for v in values for p in pointers(v))
        )
    result: Value = FUNCTIONS[name](*values)
    size = len(result) if isinstance(result, str | list | dict) else 0
    scope.budget.left -= size // 16 if isinstance(result, str) else size
    too_long = size > LONGEST
    return _UNREAD_LIMIT if too_long else result


def _tried(name: str, args: tuple[Expression, ...], scope: Scope) -> Value:
    value: Value = Unread("nothing in it is known")
    for arg in args:
        value = evaluate(arg, scope)
        if not isinstance(value, Unread):
            break
    return (
        value
        if name == "try"
        else Unread("whether it succeeds is not known")
        if isinstance(value, Unread)
        else True
    )


def _chosen(test: Expression, yes: Expression, no: Expression, scope: Scope) -> Value:
    decided = evaluate(test, scope)
    if isinstance(decided, Unread | Ref):
        sides = evaluate(yes, scope), evaluate(no, scope)
        if sides[0] == sides[1]:
            return sides[0]
        reason = decided.reason if isinstance(decided, Unread) else "known only after apply"
        refs = tuple(pointer for value in sides for pointer in pointers(value))
        return either(*sides, Unread(f"its condition is not known: {reason}", refs=refs))
    return evaluate(yes if decided in (True, "true") else no, scope)


def _operated(operator: str, operands: tuple[Expression, ...], scope: Scope) -> Value:
    first = evaluate(operands[0], scope)
    if operator in ("&&", "||") and isinstance(first, bool) and first == (operator == "||"):
        return first
    values = [first, *(evaluate(operand, scope) for operand in operands[1:])]
    if (
        operator in ("==", "!=")
        and (values[0] is None or values[1] is None)
        and any(isinstance(value, Ref) for value in values)
    ):
        return operator == "!="  # a resource's attribute is never null
    for value in values:
        if isinstance(value, Unread | Ref) or (operator in ("==", "!=") and partial(value)):
            reason = value.reason if isinstance(value, Unread) else "known only after apply"
            return Unread(reason, refs=tuple(p for v in values for p in pointers(v)))
    if len(values) == 1:
        return not _truth(values[0]) if operator == "!" else -_numeric(values[0])
    a, b = values[0], values[1]
    if operator in ("==", "!="):
        return (a == b and isinstance(a, bool) == isinstance(b, bool)) == (operator == "==")
    if operator in ("&&", "||"):
        return _truth(a) and _truth(b) if operator == "&&" else _truth(a) or _truth(b)
    result = _OPERATORS[operator](_numeric(a), _numeric(b))
    return int(result) if isinstance(result, float) and result.is_integer() else result


def _truth(value: Value) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise ValueError("not a boolean")


def _numeric(value: Value) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a number")
    number: int | float = FUNCTIONS["tonumber"](value)
    return number


def _object(expression: ObjectOf, scope: Scope) -> Value:
    found: dict[str, Value] = {}
    for key, value, _ in expression.entries:
        name = key.name if isinstance(key, Name) else evaluate(key, scope)
        if isinstance(name, Unread | Ref):
            return Unread("a key of it is not known", refs=tuple(pointers(name)))
        found[as_text(name)] = evaluate(value, scope)
    return found


def _items(over: Value) -> list[tuple[Value, Value]]:
    if isinstance(over, dict):
        return [(key, over[key]) for key in sorted(over)]
    if isinstance(over, list):
        return list(enumerate(over))
    raise ValueError("nothing to loop over")


def _looped(loop: For, scope: Scope) -> Value:
    over = evaluate(loop.over, scope)
    if isinstance(over, Unread | Ref):
        return Unread("what it loops over is not known", refs=tuple(pointers(over)))
    pairs: list[tuple[str, Value]] = []
    values: list[Value] = []
    if (unknown := perhaps(over)) is not None and loop.key is None:
        return Unread(unknown.reason)
    for key, value in _items(over):
        names = dict(zip(loop.names, (key, value) if len(loop.names) > 1 else (value,), strict=False))
        inner = scope.with_bound(names)
        kept = evaluate(loop.test, inner) if loop.test is not None else True
        if isinstance(kept, Unread | Ref):
            return Unread("what it leaves out is not known", refs=tuple(pointers(over)))
        if kept not in (True, "true"):
            continue
        values.append(evaluate(loop.value, inner))
        if loop.key is not None:
            name = evaluate(loop.key, inner)
            if isinstance(name, Unread | Ref):
                return Unread("a key of it is not known", refs=tuple(pointers(name)))
            pairs.append((as_text(name), value if isinstance(value, Perhaps) else values[-1]))
    if loop.text:
        return "".join(as_text(value) for value in values)
    return values if loop.key is None else _grouped(pairs) if loop.grouped else dict(pairs)


def _grouped(pairs: list[tuple[str, Value]]) -> Value:
    found: dict[str, Value] = {}
    for key, value in pairs:
        group = found.setdefault(key, [])
        if isinstance(group, list):
            group.append(value)
    return found


def _splat(base: Expression, each: Expression, scope: Scope) -> Value:
    over = evaluate(base, scope)
    if isinstance(over, Unread):
        return over
    items: list[Value] = over if isinstance(over, list) else [] if over is None else [over]
    return [evaluate(each, scope.binding(**{IT: item})) for item in items]
