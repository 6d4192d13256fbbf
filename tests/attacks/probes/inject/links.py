"""Links of every scheme.

layer: report
outcome: error
says: raised ValueError
"""
PAYLOAD = "javascript:alert('INJECTED') data:text/html,<script>1</script> http://example.invalid/ [x](javascript:1) file:///etc/passwd"


def attack():
    raise ValueError(PAYLOAD)
