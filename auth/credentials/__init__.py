"""What proves who somebody is: passwords, second factors, links, signed-in browsers."""
