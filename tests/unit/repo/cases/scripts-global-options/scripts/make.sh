#!/bin/sh
aws --profile shop s3 mb s3://shop-logs
