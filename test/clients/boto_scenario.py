# What programs do with boto 2.49 (signature version 2, and 4); says nothing when all went well. Needs S3_ENDPOINT, AWS_ keys.
import hashlib
import io
import os
import urllib.parse
import urllib.request

import boto
from boto.exception import S3ResponseError
from boto.s3.connection import OrdinaryCallingFormat, S3Connection

MIB = 1024 * 1024


def connect():
    address = urllib.parse.urlsplit(os.environ["S3_ENDPOINT"])
    connection = S3Connection(
        is_secure=False, host=address.hostname, port=address.port, calling_format=OrdinaryCallingFormat()
    )
    # Signature 4 takes the region from names such as s3.REGION.example; this host has none.
    connection._auth_handler.region_name = "mallee"
    return connection


def small_objects(bucket):
    key = bucket.new_key("folder/plain text.txt")
    key.set_metadata("who", "me")
    key.set_contents_from_string("text", policy="public-read")
    assert bucket.get_key("folder/plain text.txt").get_metadata("who") == "me"
    assert key.get_contents_as_string(encoding="utf-8") == "text"
    assert urllib.request.urlopen(key.generate_url(300, query_auth=False)).read() == b"text"
    bucket.copy_key("copy", bucket.name, key.name)
    # With signature 4 boto signs its URLs for HOST:PORT:PORT, which no server accepts unless the port is 80 or 443.
    if not boto.config.getbool("s3", "use-sigv4", False):
        assert urllib.request.urlopen(bucket.get_key("copy").generate_url(300)).read() == b"text"
    assert bucket.get_key("none") is None
    grants = [grant.permission for grant in key.get_acl().acl.grants]
    assert sorted(grants) == ["FULL_CONTROL", "READ"], grants


def large_object(bucket):
    content = os.urandom(100 * MIB)
    upload = bucket.initiate_multipart_upload("large")
    for number in range(4):
        upload.upload_part_from_file(io.BytesIO(content[number * 25 * MIB : (number + 1) * 25 * MIB]), number + 1)
    assert len(list(upload)) == 4
    upload.complete_upload()
    back = hashlib.md5()
    for chunk in bucket.get_key("large"):
        back.update(chunk)
    assert back.hexdigest() == hashlib.md5(content).hexdigest()


def main():
    connection = connect()
    name = os.environ["S3_BUCKET"]
    bucket = connection.create_bucket(name)
    small_objects(bucket)
    large_object(bucket)
    assert [key.name for key in bucket.list()] == ["copy", "folder/plain text.txt", "large"]
    assert [entry.name for entry in bucket.list(delimiter="/")] == ["copy", "large", "folder/"]
    try:
        bucket.delete()
    except S3ResponseError as error:
        assert error.error_code == "BucketNotEmpty", error.error_code
    deleted = bucket.delete_keys([key.name for key in bucket.list()])
    assert len(deleted.deleted) == 3 and not deleted.errors
    bucket.delete()
    assert connection.lookup(name) is None


boto.config.add_section("s3")
main()
boto.config.set("s3", "use-sigv4", "True")
main()
