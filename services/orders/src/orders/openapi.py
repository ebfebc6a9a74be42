"""The OpenAPI document of the main port. Limits come from where they are enforced; tests hold the API to it."""

from __future__ import annotations

from typing import Any

import msgspec

from orders import __version__
from orders.domain import MAX_AMOUNT, MAX_CUSTOMER_ID, Status

PROBLEM = "application/problem+json"
VISIBLE = "^[!-~]+$"
CORRELATION_HEADER = {
    "X-Correlation-Id": {
        "description": "The request's own, if it was valid, else a new one.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    }
}
UUID = {"type": "string", "format": "uuid"}
TIME = {"type": "string", "format": "date-time"}


def _object(required: bool = True, **properties: Any) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**shape, "required": list(properties)} if required else shape


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(description: str, schema: dict[str, Any], **headers: Any) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {**CORRELATION_HEADER, **headers},
        "content": {"application/json": {"schema": schema}},
    }


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": CORRELATION_HEADER,
        "content": {PROBLEM: {"schema": _ref("Problem")}},
    }


def _parameter(name: str, where: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name, "in": where, "required": where == "path", "schema": schema, "description": description
    }  # fmt: skip


UNAVAILABLE = {
    **_problem("The database can't be reached; nothing is half-stored."),
    "headers": {
        **CORRELATION_HEADER,
        "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
    },
}
CLOSED = {"401": _problem("No valid bearer token."), "403": _problem("No token is configured: closed.")}
BAD_REQUEST = {"400": _problem("The request is not valid; `errors` names each field.")}
CORRELATION = _parameter(
    "X-Correlation-Id",
    "header",
    {"type": "string"},
    "Up to 128 visible ASCII characters are echoed, logged and carried to the worker; else there is a new one.",
)
LIMIT = _parameter(
    "limit", "query", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "Most to return."
)

SCHEMAS: dict[str, Any] = {
    "NewOrder": _object(
        customerId={
            "type": "string", "minLength": 1, "maxLength": MAX_CUSTOMER_ID, "pattern": "^[^\\u0000]*$"
        },
        amount={
            "type": "number", "exclusiveMinimum": 0, "maximum": float(MAX_AMOUNT), "multipleOf": 0.01,
            "description": "At most two decimal places.",
        },
    ),
    "Accepted": _object(orderId=UUID, status={"enum": [status.value for status in Status]}),
    "Order": _object(
        id=UUID,
        customerId={"type": "string"},
        amount={"type": "number"},
        status={"enum": [status.value for status in Status]},
        retryCount={"type": "integer", "minimum": 0},
        failureReason={"type": ["string", "null"]},
        createdAt=TIME,
        updatedAt=TIME,
    ),
    "OrderPage": _object(
        orders={"type": "array", "items": _ref("Order"), "maxItems": 200},
        next={"type": ["string", "null"], "format": "uuid", "description": "`after` of the next page."},
    ),
    "DeadLetterPage": _object(
        orders={
            "type": "array",
            "items": _object(
                orderId=UUID, reason={"type": "string"}, retryCount={"type": "integer"}, failedAt=TIME
            ),
        }
    ),
    "Health": _object(status={"const": "UP"}),
    "Readiness": _object(
        status={"enum": ["UP", "DOWN"]},
        components={
            "type": "object",
            "additionalProperties": _object(status={"enum": ["UP", "DOWN"]}),
        },
    ),
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "correlationId"],
        "additionalProperties": False,
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "correlationId": {"type": "string"},
            "errors": {
                "type": "array",
                "items": _object(field={"type": "string"}, message={"type": "string"}),
            },
        },
    },
}  # fmt: skip

PATHS: dict[str, Any] = {
    "/orders": {
        "post": {
            "operationId": "createOrder",
            "summary": "Take an order; it is processed soon.",
            "parameters": [
                CORRELATION,
                _parameter(
                    "Idempotency-Key", "header",
                    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": VISIBLE},
                    "The same key and body give the same order.",
                ),
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("NewOrder")}}},
            "responses": {
                "202": _answer(
                    "Stored, with its event.", _ref("Accepted"),
                    Location={"description": "The order's address.", "schema": {"type": "string"}},
                ),
                **BAD_REQUEST,
                "413": _problem("The body is over 64 KiB."),
                "415": _problem("The body is not application/json."),
                "422": _problem("The key was used for another order."),
                "503": UNAVAILABLE,
            },
        },
        "get": {
            "operationId": "listOrders",
            "summary": "Orders, newest first.",
            "parameters": [
                CORRELATION,
                _parameter("status", "query", {"enum": [s.value for s in Status]}, "Only these."),
                LIMIT,
                _parameter("after", "query", UUID, "`next` of the page before."),
            ],
            "responses": {"200": _answer("A page.", _ref("OrderPage")), **BAD_REQUEST, "503": UNAVAILABLE},
        },
    },
    "/orders/{id}": {
        "get": {
            "operationId": "getOrder",
            "summary": "One order.",
            "parameters": [CORRELATION, _parameter("id", "path", UUID, "The order's id.")],
            "responses": {
                "200": _answer("The order.", _ref("Order")),
                **BAD_REQUEST,
                "404": _problem("There is no such order."),
                "503": UNAVAILABLE,
            },
        }
    },
    "/dlq": {
        "get": {
            "operationId": "listDeadLetters",
            "summary": "Orders that failed for good, newest first.",
            "security": [{"administrator": []}],
            "parameters": [CORRELATION, LIMIT],
            "responses": {
                "200": _answer("The orders.", _ref("DeadLetterPage")),
                **BAD_REQUEST, **CLOSED,
                "503": UNAVAILABLE,
            },
        }
    },
    "/dlq/{orderId}/reprocess": {
        "post": {
            "operationId": "reprocessOrder",
            "summary": "Let a failed order start anew.",
            "security": [{"administrator": []}],
            "parameters": [CORRELATION, _parameter("orderId", "path", UUID, "The order's id.")],
            "responses": {
                "202": _answer("It is PENDING again.", _ref("Accepted")),
                **BAD_REQUEST, **CLOSED,
                "404": _problem("There is no such order."),
                "409": _problem("The order is not FAILED."),
                "503": UNAVAILABLE,
            },
        }
    },
    "/actuator/health": {
        "get": {
            "operationId": "health",
            "summary": "The process answers; nothing it depends on is asked.",
            "responses": {"200": _answer("Up.", _ref("Health"))},
        }
    },
    "/actuator/health/liveness": {
        "get": {
            "operationId": "liveness",
            "summary": "As /actuator/health.",
            "responses": {"200": _answer("Up.", _ref("Health"))},
        }
    },
    "/actuator/health/readiness": {
        "get": {
            "operationId": "readiness",
            "summary": "Whether the database and the queue can be used.",
            "responses": {
                "200": _answer("Ready.", _ref("Readiness")),
                "503": _answer("Not ready; says what is down.", _ref("Readiness")),
            },
        }
    },
    "/openapi.json": {
        "get": {
            "operationId": "openapi",
            "summary": "This document.",
            "responses": {"200": _answer("OpenAPI 3.1.", {"type": "object"})},
        }
    },
}  # fmt: skip

DOCUMENT = msgspec.json.encode(
    {
        "openapi": "3.1.0",
        "info": {"title": "Order platform", "version": __version__},
        "paths": PATHS,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"administrator": {"type": "http", "scheme": "bearer"}},
        },
    }
)
