"""Metric math: the arithmetic, comparisons and functions that alarms and dashboards use.

CloudWatch's grammar is close enough to Python's that Python's own parser reads it; only a fixed set of nodes
is evaluated. Whatever is not known here (SEARCH, SELECT, ANOMALY_DETECTION_BAND …) raises :class:`Unsupported`.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: A value per period, None where there is no data.
Series = Sequence[float | None]
Value = float | Series

_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Gt: lambda a, b: float(a > b),
    ast.Lt: lambda a, b: float(a < b),
    ast.GtE: lambda a, b: float(a >= b),
    ast.LtE: lambda a, b: float(a <= b),
    ast.Eq: lambda a, b: float(a == b),
    ast.NotEq: lambda a, b: float(a != b),
    ast.And: lambda a, b: float(bool(a) and bool(b)),
    ast.Or: lambda a, b: float(bool(a) or bool(b)),
}
_UNARY: dict[str, Callable[[float], float]] = {
    "ABS": abs,
    "CEIL": math.ceil,
    "FLOOR": math.floor,
    "LOG": math.log,
    "LOG10": math.log10,
}
_FOLDS: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "MIN": min,
    "MAX": max,
    "AVG": lambda values: sum(values) / len(values),
}
_FUNCTIONS = {*_UNARY, *_FOLDS, "IF", "FILL", "METRICS"}


class Unsupported(ValueError):
    """An expression that the embedded AWS can't evaluate; the message names what."""


def evaluate(expression: str, series: Mapping[str, Series], length: int) -> list[float | None]:
    """The expression's value for each of ``length`` periods, given the series by query id."""
    text = re.sub(r"\bAND\b|&&", " and ", expression)
    text = re.sub(r"\bOR\b|\|\|", " or ", text).replace("^", "**").strip()
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unsupported(f"the expression {expression!r} can't be read") from error
    value = _Evaluator(series, length).visit(tree.body)
    if isinstance(value, list) and value and isinstance(value[0], list):
        raise Unsupported(f"the expression {expression!r} gives several series")
    return list(value) if not isinstance(value, (int, float)) else [float(value)] * length


class _Evaluator(ast.NodeVisitor):
    def __init__(self, series: Mapping[str, Series], length: int) -> None:
        self._series, self._length = series, length

    def generic_visit(self, node: ast.AST) -> Any:
        raise Unsupported(f"metric math {type(node).__name__} is not evaluated here")

    def visit_Constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise Unsupported(f"metric math constant {node.value!r} is not evaluated here")
        return float(node.value)

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id not in self._series:
            raise Unsupported(f"no query has the id {node.id!r}")
        return list(self._series[node.id])

    def visit_List(self, node: ast.List) -> Any:
        return [self._spread(self.visit(item)) for item in node.elts]

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if not isinstance(node.op, ast.USub):
            return self.generic_visit(node.op)
        return self._each(operator.neg, self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        return self._both(type(node.op), self.visit(node.left), self.visit(node.right))

    def visit_Compare(self, node: ast.Compare) -> Any:
        if len(node.ops) != 1:
            raise Unsupported("a chain of comparisons is not evaluated here")
        return self._both(type(node.ops[0]), self.visit(node.left), self.visit(node.comparators[0]))

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        value = self.visit(node.values[0])
        for other in node.values[1:]:
            value = self._both(type(node.op), value, self.visit(other))
        return value

    def visit_Call(self, node: ast.Call) -> Any:
        name = node.func.id.upper() if isinstance(node.func, ast.Name) else ""
        if name == "METRICS" and not node.args:
            return [list(values) for values in self._series.values()]
        if name not in _FUNCTIONS:
            raise Unsupported(f"metric math function {name or 'call'} is not evaluated here")
        arguments = [self.visit(argument) for argument in node.args]
        if name in _UNARY and len(arguments) == 1:
            return self._each(_UNARY[name], arguments[0])
        if name in _FOLDS and len(arguments) == 1:
            return self._fold(_FOLDS[name], arguments[0])
        if name == "IF" and len(arguments) in (2, 3):
            return self._choose(*arguments)
        if name == "FILL" and len(arguments) == 2:
            spare = self._spread(arguments[1])
            return [s if v is None else v for v, s in zip(self._spread(arguments[0]), spare, strict=True)]
        raise Unsupported(f"metric math function {name} doesn't take {len(arguments)} arguments")

    def _spread(self, value: Any) -> list[float | None]:
        return [value] * self._length if isinstance(value, float) else list(value)

    def _each(self, function: Callable[[float], float], value: Any) -> Any:
        if isinstance(value, float):
            return float(function(value))
        return [None if item is None else float(function(item)) for item in value]

    def _both(self, kind: type[ast.AST], left: Any, right: Any) -> Any:
        if kind not in _OPERATORS:
            raise Unsupported(f"metric math {kind.__name__} is not evaluated here")
        if isinstance(left, float) and isinstance(right, float):
            return _applied(kind, left, right)
        pairs = zip(self._spread(left), self._spread(right), strict=True)
        return [None if a is None or b is None else _applied(kind, a, b) for a, b in pairs]

    def _fold(self, function: Callable[[list[float]], float], value: Any) -> Any:
        if (
            value and isinstance(value, list) and isinstance(value[0], list)
        ):  # several series: period by period
            columns = [[item for item in column if item is not None] for column in zip(*value, strict=True)]
            return [function(column) if column else None for column in columns]
        known = [item for item in self._spread(value) if item is not None]
        return float(function(known)) if known else [None] * self._length

    def _choose(self, condition: Any, then: Any, otherwise: Any = None) -> Any:
        spare: list[float | None] = [None] * self._length if otherwise is None else self._spread(otherwise)
        picked = zip(self._spread(condition), self._spread(then), spare, strict=True)
        return [None if c is None else (t if c else o) for c, t, o in picked]


def _applied(kind: type[ast.AST], left: float, right: float) -> float | None:
    try:
        result = _OPERATORS[kind](left, right)
    except (ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(result, complex) else float(result)
