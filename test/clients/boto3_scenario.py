# What programs do with boto3; says nothing when all went well. Needs S3_ENDPOINT and the AWS_ variables of the keys.
import hashlib
import io
import os
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.client import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["S3_ENDPOINT"]
MIB = 1024 * 1024


def client(signature):
    return boto3.client(
        "s3", endpoint_url=ENDPOINT, config=Config(signature_version=signature, s3={"addressing_style": "path"})
    )


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def small_objects(s3):
    s3.put_object(Bucket="boto3", Key="a/ä b+c.txt", Body=b"text", Metadata={"who": "me"}, ContentType="text/plain")
    got = s3.get_object(Bucket="boto3", Key="a/ä b+c.txt", Range="bytes=1-2")
    assert got["Body"].read() == b"ex" and got["Metadata"] == {"who": "me"}, got
    s3.copy_object(Bucket="boto3", Key="copy", CopySource={"Bucket": "boto3", "Key": "a/ä b+c.txt"})
    assert s3.get_object(Bucket="boto3", Key="copy")["Body"].read() == b"text"
    assert refused(s3.get_object, Bucket="boto3", Key="none") == "NoSuchKey"
    assert refused(s3.head_object, Bucket="boto3", Key="none") == "404"
    etag = s3.head_object(Bucket="boto3", Key="copy")["ETag"]
    assert refused(s3.get_object, Bucket="boto3", Key="copy", IfNoneMatch=etag) == "304"


def large_object(s3):
    content = os.urandom(100 * MIB)
    parts = TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=16 * MIB, max_concurrency=4)
    s3.upload_fileobj(io.BytesIO(content), "boto3", "large", Config=parts)
    back = io.BytesIO()
    s3.download_fileobj("boto3", "large", back, Config=parts)
    assert hashlib.md5(back.getvalue()).digest() == hashlib.md5(content).digest()
    assert s3.head_object(Bucket="boto3", Key="large")["ETag"].endswith('-7"')


def presigned(s3):
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "boto3", "Key": "by url"}, ExpiresIn=300)
    urllib.request.urlopen(urllib.request.Request(url, data=b"hello", method="PUT", headers={"Content-Type": ""}))
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "boto3", "Key": "by url"}, ExpiresIn=300)
    assert urllib.request.urlopen(url).read() == b"hello"


def pages(s3):
    for number in range(25):
        s3.put_object(Bucket="boto3", Key="page/%02d" % number, Body=b"")
    for operation in ("list_objects", "list_objects_v2"):
        found = s3.get_paginator(operation).paginate(Bucket="boto3", Prefix="page/", PaginationConfig={"PageSize": 10})
        keys = [one["Key"] for page in found for one in page["Contents"]]
        assert keys == ["page/%02d" % number for number in range(25)], keys
    folders = s3.list_objects_v2(Bucket="boto3", Delimiter="/")["CommonPrefixes"]
    assert [one["Prefix"] for one in folders] == ["a/", "page/"], folders


def main():
    s3 = client("s3v4")
    s3.create_bucket(Bucket="boto3")
    s3.get_waiter("bucket_exists").wait(Bucket="boto3")
    small_objects(s3)
    large_object(s3)
    pages(s3)
    for signature in ("s3v4", "s3"):
        presigned(client(signature))
    boto3.resource("s3", endpoint_url=ENDPOINT).Bucket("boto3").objects.all().delete()
    s3.delete_bucket(Bucket="boto3")
    assert s3.list_buckets()["Buckets"] == []


main()
