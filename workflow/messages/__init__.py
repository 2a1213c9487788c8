"""The outbox: what the steps of cases tell becomes a message a recipient; it waits there until it is delivered, or dead.

`telling.tell` enqueues what cases tell, `enqueuing` what others send, `delivering.deliver_due` takes it to the mail server.
"""
