"""A server that speaks as much of S3 as reading needs, on loopback, until its standard input is closed.

Buckets are made by the first PUT into them. Listings come in pages; GET, HEAD and listings must be signed with KEY and
SECRET, or not at all for buckets that begin with "public". What goes wrong is set by POST /-/faults with JSON:

    page            objects of one page of a listing
    broken_pages    pages after this one are answered by a failure
    denied          keys that may not be read
    changes         {key: text}: what a key holds once it has been looked at (HEAD)
    vanish          keys that are gone once the bucket was listed
    cut             keys of which only half the bytes are sent
    silent          seconds before a listing is answered
    slow            seconds before an object is answered

GET /-/log gives the requests so far, "GET bucket/key".
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY, SECRET = "footnote-tests", "not+a/real=secret"
PAGE = 1000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: ClassVar[dict[str, dict[str, tuple[bytes, float]]]] = {}
    faults: ClassVar[dict] = {}
    log: ClassVar[list[str]] = []

    def log_message(self, *_):
        pass

    def do_POST(self):
        Handler.faults = json.loads(self.body())
        self.answer(200)

    def do_PUT(self):
        bucket, key = self.place()
        data = self.body()
        modified = float(self.headers.get("x-test-modified", time.time()))
        bucket_objects = self.objects.setdefault(bucket, {})
        if key:
            bucket_objects[key] = data, float(int(modified))
        self.answer(200)

    def do_DELETE(self):
        bucket, key = self.place()
        del self.objects[bucket][key]
        self.answer(204)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        if self.path == "/-/log":
            self.answer(200, json.dumps(Handler.log).encode())
            return
        bucket, key = self.place()
        Handler.log.append(f"{self.command} {bucket}/{key}")
        if why := self.refusal(bucket, key):
            self.error(403, why)
        elif bucket not in self.objects:
            self.error(404, "NoSuchBucket")
        elif key:
            self.get_object(bucket, key)
        else:
            self.list_objects(bucket)

    def list_objects(self, bucket):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, True).items()}
        time.sleep(self.faults.get("silent", 0))
        at, size = int(asked.get("continuation-token", 0)), min(self.faults.get("page", PAGE), PAGE)
        if at >= size * self.faults.get("broken_pages", 1 << 30):
            self.error(500, "InternalError")
            return
        of_prefix = sorted(key for key in self.objects[bucket] if key.startswith(asked.get("prefix", "")))
        page, is_cut = of_prefix[at : at + min(size, int(asked.get("max-keys", size)))], len(of_prefix) > at + size
        entries = "".join(self.entry(key, *self.objects[bucket][key]) for key in page)
        token = f"<NextContinuationToken>{at + size}</NextContinuationToken>" if is_cut else ""
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>{bucket}</Name>'
            f"<KeyCount>{len(page)}</KeyCount>"
            f"<IsTruncated>{str(is_cut).lower()}</IsTruncated>{token}{entries}</ListBucketResult>"
        )
        for key in self.faults.get("vanish", []):
            self.objects[bucket].pop(key, None)
        self.answer(200, text.encode(), {"Content-Type": "application/xml"})

    @staticmethod
    def entry(key, data, modified):
        when = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(modified))
        etag = hashlib.md5(data).hexdigest()
        return (
            f"<Contents><Key>{escape(key)}</Key><LastModified>{when}</LastModified><ETag>&quot;{etag}&quot;</ETag>"
            f"<Size>{len(data)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )

    def get_object(self, bucket, key):
        if key not in self.objects[bucket]:
            self.error(404, "NoSuchKey")
            return
        data, modified = self.objects[bucket][key]
        headers = {
            "ETag": f'"{hashlib.md5(data).hexdigest()}"',
            "Last-Modified": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(modified)),
        }
        if self.command == "HEAD":
            if key in self.faults.get("changes", {}):
                self.objects[bucket][key] = self.faults["changes"].pop(key).encode(), modified + 60
            self.answer(200, data, headers)
            return
        time.sleep(self.faults.get("slow", 0))
        first, last = 0, len(data) - 1
        if said := self.headers.get("Range"):
            begin, _, end = said.removeprefix("bytes=").partition("-")
            first, last = int(begin), min(int(end), last) if end else last
            if first > last:
                self.error(416, "InvalidRange")
                return
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        self.answer(206 if said else 200, data[first : last + 1], headers, cut=key in self.faults.get("cut", []))

    def refusal(self, bucket, key):
        """The code for a request that may not be made; "" for one that may."""
        if key and key in self.faults.get("denied", []):
            return "AccessDenied"
        said = self.headers.get("Authorization", "")
        if not said:
            return "" if bucket.startswith("public") else "AccessDenied"
        fields = dict(part.strip().split("=", 1) for part in said.partition(" ")[2].split(","))
        key_id, *scope = fields["Credential"].split("/")
        if key_id != KEY:
            return "InvalidAccessKeyId"
        return (
            "" if hmac.compare_digest(self.signature(scope, fields), fields["Signature"]) else "SignatureDoesNotMatch"
        )

    def signature(self, scope, fields):
        """What AWS calls Signature Version 4."""
        path, _, query = self.path.partition("?")
        names = fields["SignedHeaders"].split(";")
        headers = "".join(f"{name}:{' '.join(self.headers.get(name, '').split())}\n" for name in names)
        asked = sorted(parse_qs(query, True).items())
        canonical = "&".join(f"{quote(n, safe='-_.~')}={quote(v[0], safe='-_.~')}" for n, v in asked)
        request = "\n".join(
            [self.command, path, canonical, headers, ";".join(names), self.headers["x-amz-content-sha256"]]
        )
        hashed = hashlib.sha256(request.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], "/".join(scope), hashed])
        key = f"AWS4{SECRET}".encode()
        for part in [*scope, text]:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key.hex()

    def place(self):
        bucket, _, key = urlsplit(self.path).path.removeprefix("/").partition("/")
        return bucket, unquote(key)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def error(self, status, code):
        text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code} was said</Message></Error>"
        self.answer(status, text.encode(), {"Content-Type": "application/xml"})

    def answer(self, status, data=b"", headers=None, *, cut=False):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if cut else data)
        self.close_connection = self.close_connection or cut


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
