#!/bin/sh
LOCAL_ONLY=1
echo "$LOCAL_ONLY" "${START_DELAY:-0}"
